import { Secret, TOTP } from "otpauth";
import { matchTotp } from "../../server/verification/totp.ts";
import { readAssertion } from "../../server/verification/webauthn/assertion.ts";
import { digestOrigins } from "../../server/verification/webauthn/origins.ts";
import type { Authenticator } from "../../test/server/verification/authenticator.ts";

export const relyingParty = "login.example.com";
export const secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

/** What the checks of a verification take alone, in this process, in microseconds by the case that does it. */
export async function measureCryptography(
  authenticator: Authenticator,
): Promise<Readonly<Record<string, number>>> {
  const challenge = { challenge: Buffer.alloc(32).toString("base64url"), rpId: relyingParty };
  const answer = authenticator.get(challenge) as Parameters<typeof readAssertion>[0];
  const expected = {
    challenge: challenge.challenge,
    relyingParty,
    origins: digestOrigins(relyingParty, undefined),
    requiresUserVerification: false,
  };
  return {
    "verify, totp": await alone(() =>
      matchTotp(secret, TOTP.generate({ secret: Secret.fromBase32(secret) }), Date.now()),
    ),
    "verify, passkey (ES256)": await alone(async () =>
      (await readAssertion(answer, expected)).checkSignature(authenticator.publicKey.toString("base64")),
    ),
  };
}

/** @returns microseconds of one call in this process */
async function alone(work: () => unknown): Promise<number> {
  for (let count = 0; count < 200; count += 1) await work();
  const before = process.cpuUsage();
  for (let count = 0; count < 2_000; count += 1) await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 2_000;
}
