import type { RegistrationResponseJson } from "../../../generated/openapi.d.ts";
import { algorithms } from "./algorithms.ts";
import { checkAuthenticatorData, type ExpectedAuthenticatorData } from "./authenticator-data.ts";
import { CeremonyError } from "./ceremony-error.ts";
import { checkClientData, type ExpectedClientData } from "./client-data.ts";
import { type Helpers, loadLibrary } from "./library.ts";
import { isUsableKey } from "./public-key.ts";

/** What a registration ceremony was begun with. */
export type ExpectedRegistration = Omit<ExpectedClientData, "type"> & ExpectedAuthenticatorData;

/** A credential that was made. */
export interface Registration {
  /** In base64url. */
  readonly credentialId: string;
  /** A COSE key in base64. */
  readonly publicKey: string;
  readonly aaguid: string;
  readonly backupEligible: boolean;
  readonly backedUp: boolean;
  readonly signCount: number;
  readonly transports: readonly string[] | undefined;
}

/**
 * Reads the answer of a registration ceremony and holds it against what that was begun with (W3C WebAuthn Level 3,
 * section 7.1).
 *
 * @throws CeremonyError
 */
export async function readRegistration(
  answer: RegistrationResponseJson,
  expected: ExpectedRegistration,
): Promise<Registration> {
  const { clientDataJSON, attestationObject, transports } = answer.response;
  const origin = checkClientData(clientDataJSON, { ...expected, type: "webauthn.create" });
  const [library, helpers] = await loadLibrary();
  const { authData, withoutStatement } = readAttestation(attestationObject, helpers);
  const { credentialPublicKey } = checkAuthenticatorData(authData, expected, helpers);
  if (credentialPublicKey === undefined) throw new CeremonyError("malformed");
  if (!(await isUsableKey(Uint8Array.from(credentialPublicKey), helpers)))
    throw new CeremonyError("unusable_key");
  if (!algorithms.includes(algorithmOf(credentialPublicKey, helpers) as never))
    throw new CeremonyError("algorithm");
  const verified = await library
    .verifyRegistrationResponse({
      response: {
        ...answer,
        response: { clientDataJSON, attestationObject: withoutStatement },
        clientExtensionResults: {},
      } as never,
      expectedChallenge: expected.challenge,
      expectedOrigin: origin,
      expectedRPID: expected.relyingParty,
      requireUserVerification: expected.requiresUserVerification,
      supportedAlgorithmIDs: [...algorithms],
    })
    .catch(() => undefined);
  const info = verified?.registrationInfo;
  if (info === undefined || info.credential.id !== answer.id) throw new CeremonyError("malformed");
  return {
    credentialId: info.credential.id,
    publicKey: Buffer.from(info.credential.publicKey).toString("base64"),
    aaguid: info.aaguid,
    backupEligible: info.credentialDeviceType === "multiDevice",
    backedUp: info.credentialBackedUp,
    signCount: info.credential.counter,
    transports,
  };
}

/**
 * What an attestation says about the make of the authenticator is not trusted, so it is taken out before the
 * library, which would fetch the revocation lists that an attacker's certificate names.
 */
function readAttestation(attestationObject: string, { decodeAttestationObject, isoCBOR }: Helpers) {
  try {
    const decoded = decodeAttestationObject(Uint8Array.from(Buffer.from(attestationObject, "base64url")));
    const authData = Uint8Array.from(decoded.get("authData"));
    const without = new Map<string, unknown>([
      ["fmt", "none"],
      ["attStmt", new Map()],
      ["authData", authData],
    ]);
    const withoutStatement = Buffer.from(isoCBOR.encode(without as never)).toString("base64url");
    return { authData, withoutStatement };
  } catch {
    throw new CeremonyError("malformed");
  }
}

/** COSE's label of `alg` is 3 (RFC 9052, section 7.1). */
function algorithmOf(key: Uint8Array, { decodeCredentialPublicKey }: Helpers): unknown {
  return decodeCredentialPublicKey(Uint8Array.from(key)).get(3 as never);
}
