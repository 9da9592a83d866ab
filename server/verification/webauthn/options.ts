import type {
  PublicKeyCredentialCreationOptionsJson,
  PublicKeyCredentialDescriptorJson,
  PublicKeyCredentialRequestOptionsJson,
  UserVerification,
} from "../../../generated/openapi.d.ts";
import type { MethodRecord } from "../../store/store.ts";
import { algorithms } from "./algorithms.ts";

/** What W3C WebAuthn Level 3, section 15.1 recommends, in milliseconds. */
export const timeout = 300_000;

interface Ceremony {
  /** 32 random bytes in base64url. */
  readonly challenge: string;
  readonly relyingParty: string;
  readonly userVerification: UserVerification;
}

/** @param credentials those that may answer; undefined: any passkey of the relying party */
export function requestOptions(
  { challenge, relyingParty, userVerification }: Ceremony,
  credentials?: readonly MethodRecord[],
): PublicKeyCredentialRequestOptionsJson {
  return {
    challenge,
    timeout,
    rpId: relyingParty,
    userVerification,
    ...(credentials !== undefined && { allowCredentials: credentials.map(descriptor) }),
  };
}

/** What a credential is made for. */
export interface CreationCeremony extends Ceremony {
  readonly type: "passkey" | "webauthn-roaming";
  readonly relyingPartyName: string;
  readonly userHandle: string;
  readonly userName: string;
  readonly userDisplayName: string;
}

/** @param existing what the user has already for the relying party */
export function creationOptions(
  ceremony: CreationCeremony,
  existing: readonly MethodRecord[],
): PublicKeyCredentialCreationOptionsJson {
  const isPasskey = ceremony.type === "passkey";
  return {
    rp: { id: ceremony.relyingParty, name: ceremony.relyingPartyName },
    user: { id: ceremony.userHandle, name: ceremony.userName, displayName: ceremony.userDisplayName },
    challenge: ceremony.challenge,
    pubKeyCredParams: algorithms.map((alg) => ({ type: "public-key", alg })),
    timeout,
    excludeCredentials: existing.map(descriptor),
    authenticatorSelection: {
      residentKey: isPasskey ? "required" : "discouraged",
      requireResidentKey: isPasskey,
      userVerification: ceremony.userVerification,
    },
    attestation: "none",
  };
}

function descriptor({ credentialId, attributes }: MethodRecord): PublicKeyCredentialDescriptorJson {
  const { transports } = attributes as { transports?: string[] };
  return {
    type: "public-key",
    // A method without a credential is none of those that are asked for here.
    id: credentialId ?? "",
    ...(transports !== undefined && { transports }),
  };
}
