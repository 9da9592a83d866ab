import { expect, test } from "vitest";
import { readAssertion } from "../../../../server/verification/webauthn/assertion.ts";
import { CeremonyError } from "../../../../server/verification/webauthn/ceremony-error.ts";
import { digestOrigins } from "../../../../server/verification/webauthn/origins.ts";
import { readRegistration } from "../../../../server/verification/webauthn/registration.ts";
import captured from "../../../fixtures/webauthn/duo-labs-webauthn.json" with { type: "json" };

/** What real authenticators have answered, from the tests of duo-labs/webauthn. */
const { authentications } = captured;
const registrations = captured.registrations as [Registered, ...Registered[]];

type Registered = (typeof captured.registrations)[number];

interface Ceremony {
  readonly challenge: string;
  readonly relyingParty: string;
  readonly origin: string;
}

function expectedOf({ challenge, relyingParty, origin }: Ceremony, requiresUserVerification = false) {
  return {
    challenge,
    relyingParty,
    origins: digestOrigins(relyingParty, [origin]),
    requiresUserVerification,
  };
}

const registrationOf = ({ id, response }: Registered) =>
  ({ id, rawId: id, type: "public-key", response }) as const;
const assertionOf = ({ id, response }: (typeof authentications)[number]) =>
  ({ id, rawId: id, type: "public-key", response }) as const;

/** Signed with SHA-1 (RS1), which nobody may rely on any more. */
const isObsolete = ({ name }: { readonly name: string }) => name === "attestation_tpm_test.go 1";

test.each(registrations.filter((each) => !isObsolete(each)))(
  "takes the registration of $name",
  async (each) => {
    const made = await readRegistration(registrationOf(each), expectedOf(each));
    expect(made.credentialId).toBe(each.id);
    for (const other of [
      { ...each, origin: "https://login.example.com" },
      { ...each, relyingParty: "example.com" },
      { ...each, challenge: each.id },
    ])
      await expect(readRegistration(registrationOf(each), expectedOf(other))).rejects.toThrow(CeremonyError);
  },
);

test.each(registrations.filter(isObsolete))("refuses the algorithm of $name", async (each) => {
  await expect(readRegistration(registrationOf(each), expectedOf(each))).rejects.toThrow("algorithm");
});

test.each(authentications)("takes the answer of $name, for its own key alone", async (each) => {
  const read = await readAssertion(assertionOf(each), expectedOf(each));
  await read.checkSignature(Buffer.from(each.publicKey, "base64url").toString("base64"));
  const [another] = registrations;
  const { publicKey } = await readRegistration(registrationOf(another), expectedOf(another));
  await expect(read.checkSignature(publicKey)).rejects.toThrow("signature");
});
