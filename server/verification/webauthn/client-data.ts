import { CeremonyError } from "./ceremony-error.ts";
import { isAllowedOrigin } from "./origins.ts";

/** What a ceremony was begun with. */
export interface ExpectedClientData {
  readonly type: "webauthn.get" | "webauthn.create";
  /** In base64url. */
  readonly challenge: string;
  /** As `digestOrigins` gives them. */
  readonly origins: readonly string[];
}

/**
 * Holds the client data against the ceremony (W3C WebAuthn Level 3, sections 7.1 and 7.2), before anything is looked
 * up, so that the answer tells nothing about credentials. SimpleWebAuthn lets `crossOrigin: true` without a
 * `topOrigin` pass.
 *
 * @param clientDataJson in base64url
 * @returns the origin
 * @throws CeremonyError
 */
export function checkClientData(clientDataJson: string, expected: ExpectedClientData): string {
  const { type, challenge, origin, crossOrigin, topOrigin } = parse(clientDataJson);
  if (type !== expected.type) throw new CeremonyError("ceremony_type");
  if (challenge !== expected.challenge) throw new CeremonyError("challenge");
  if (typeof origin !== "string" || !isAllowedOrigin(origin, expected.origins))
    throw new CeremonyError("origin");
  const isSameOrigin = (crossOrigin === undefined || crossOrigin === false) && topOrigin === undefined;
  if (!isSameOrigin) throw new CeremonyError("cross_origin");
  return origin;
}

function parse(clientDataJson: string): Readonly<Record<string, unknown>> {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(clientDataJson, "base64url"));
    return Object(JSON.parse(text));
  } catch {
    throw new CeremonyError("malformed");
  }
}
