import type {
  AuthenticationResponseJson,
  RegistrationResponseJson,
} from "../../../../generated/openapi.d.ts";
import type { ExpectedAssertion } from "../../../../server/verification/webauthn/assertion.ts";
import { digestOrigins } from "../../../../server/verification/webauthn/origins.ts";
import type { ExpectedRegistration } from "../../../../server/verification/webauthn/registration.ts";
import vectors from "../../../fixtures/webauthn/w3c-level-3.json" with { type: "json" };

/** The test vectors of W3C WebAuthn Level 3, section 16, each byte string in hexadecimal. */
export type Vector = (typeof vectors)[number];

const relyingParty = "example.org";

function base64url(hex: string): string {
  return Buffer.from(hex, "hex").toString("base64url");
}

/** A vector's registration, as a browser would send it. */
export function registrationOf({ registration }: Vector): {
  answer: RegistrationResponseJson;
  expected: ExpectedRegistration;
} {
  const id = base64url(registration.credential_id);
  return {
    answer: {
      id,
      rawId: id,
      type: "public-key",
      response: {
        clientDataJSON: base64url(registration.clientDataJSON),
        attestationObject: base64url(registration.attestationObject),
      },
    },
    expected: ceremony(registration.challenge),
  };
}

/** A vector's authentication, as a browser would send it. */
export function assertionOf({ registration, authentication }: Vector): {
  answer: AuthenticationResponseJson;
  expected: ExpectedAssertion;
} {
  const id = base64url(registration.credential_id);
  return {
    answer: {
      id,
      rawId: id,
      type: "public-key",
      response: {
        clientDataJSON: base64url(authentication.clientDataJSON),
        authenticatorData: base64url(authentication.authenticatorData),
        signature: base64url(authentication.signature),
      },
    },
    expected: ceremony(authentication.challenge),
  };
}

function ceremony(challenge: string) {
  return {
    challenge: base64url(challenge),
    relyingParty,
    origins: digestOrigins(relyingParty, undefined),
    requiresUserVerification: false,
  };
}

export { vectors };

/** The COSE key at the end of a vector's authenticator data. */
export function keyOf({ registration }: Vector): Buffer {
  const id = Buffer.from(registration.credential_id, "hex");
  const attestation = Buffer.from(registration.attestationObject, "hex");
  const authData = attestation.subarray(attestation.indexOf(Buffer.from("authData")) + "authData".length);
  return Buffer.from(authData.subarray(authData.indexOf(id) + id.length));
}
