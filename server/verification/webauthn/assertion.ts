import type { AuthenticationResponseJson } from "../../../generated/openapi.d.ts";
import { checkAuthenticatorData, type ExpectedAuthenticatorData } from "./authenticator-data.ts";
import { CeremonyError } from "./ceremony-error.ts";
import { checkClientData, type ExpectedClientData } from "./client-data.ts";
import { loadLibrary } from "./library.ts";
import { isUsableKey, isWholeKey } from "./public-key.ts";

/** What an authentication ceremony was begun with. */
export type ExpectedAssertion = Omit<ExpectedClientData, "type"> & ExpectedAuthenticatorData;

/** What an authenticator says of itself and the user. */
export interface Assertion {
  readonly userVerified: boolean;
  readonly backupEligible: boolean;
  readonly backedUp: boolean;
  readonly signCount: number;
  /** In base64url; whom the authenticator knows the credential for. */
  readonly userHandle: string | undefined;
}

/** An answer that fits its ceremony, its signature not checked yet. */
export interface ReadAssertion extends Assertion {
  /** In base64url. */
  readonly credentialId: string;
  /**
   * Takes equally long for whatever key of an algorithm.
   *
   * @param publicKey a COSE key in base64
   * @throws CeremonyError where it is not that of the signature
   */
  checkSignature(publicKey: string): Promise<void>;
}

/**
 * Reads the answer of an authentication ceremony and holds it against what that was begun with (W3C WebAuthn Level
 * 3, section 7.2), as far as that goes without the credential.
 *
 * @throws CeremonyError
 */
export async function readAssertion(
  answer: AuthenticationResponseJson,
  expected: ExpectedAssertion,
): Promise<ReadAssertion> {
  const { id, rawId, response } = answer;
  const { clientDataJSON, authenticatorData, signature } = response;
  const userHandle = response.userHandle || undefined;
  for (const text of [id, clientDataJSON, authenticatorData, signature, userHandle ?? ""])
    if (!isCanonical(text)) throw new CeremonyError("malformed");
  if (id !== rawId) throw new CeremonyError("malformed");
  const origin = checkClientData(clientDataJSON, { ...expected, type: "webauthn.get" });
  const [library, helpers] = await loadLibrary();
  const { flags, counter } = checkAuthenticatorData(bytes(authenticatorData, "base64url"), expected, helpers);
  return {
    credentialId: id,
    userVerified: flags.uv,
    backupEligible: flags.be,
    backedUp: flags.bs,
    signCount: counter,
    userHandle,
    async checkSignature(publicKey) {
      const key = bytes(publicKey, "base64");
      const isRight = await library
        .verifyAuthenticationResponse({
          response: { ...answer, response: { clientDataJSON, authenticatorData, signature } } as never,
          expectedChallenge: expected.challenge,
          expectedOrigin: origin,
          expectedRPID: expected.relyingParty,
          requireUserVerification: expected.requiresUserVerification,
          // A counter that stands still is reported and not refused, so the library is told of none.
          credential: { id, publicKey: key, counter: 0 },
        })
        .then(({ verified }) => verified)
        .catch(() => false);
      if (isRight && isWholeKey(key, helpers)) return;
      throw new CeremonyError((await isUsableKey(key, helpers)) ? "signature" : "unusable_key");
    },
  };
}

/** Base64url can write the same bytes in several ways, of which one is taken. */
function isCanonical(text: string): boolean {
  return Buffer.from(text, "base64url").toString("base64url") === text;
}

function bytes(text: string, encoding: "base64" | "base64url"): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(text, encoding));
}
