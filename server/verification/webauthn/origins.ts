import { hash } from "node:crypto";

/** Enough that nobody finds another origin with the same one. */
const digestLength = 22;

/** What is kept in a session of the origins a ceremony may take place on; `https://<relying party>` where none is named. */
export function digestOrigins(
  relyingParty: string,
  origins: readonly string[] | undefined,
): readonly string[] {
  return (origins ?? [`https://${relyingParty}`]).map(digest);
}

/** Whether `origin` is one of those, compared exactly (W3C WebAuthn Level 3, section 13.4.9). */
export function isAllowedOrigin(origin: string, digests: readonly string[]): boolean {
  return digests.includes(digest(origin));
}

function digest(origin: string): string {
  return hash("sha256", origin, "base64url").slice(0, digestLength);
}
