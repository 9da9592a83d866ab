import { verifyAuthenticationResponse } from "@simplewebauthn/server";
import { expect, test } from "vitest";
import { readAssertion } from "../../../../server/verification/webauthn/assertion.ts";
import { readRegistration } from "../../../../server/verification/webauthn/registration.ts";
import { assertionOf, keyOf, registrationOf, type Vector, vectors } from "./vectors.ts";

const isCrossOrigin = ({ id }: Vector) => /crossOrigin|topOrigin/.test(id);
const isEd448 = ({ id }: Vector) => id === "packed-ed448";
const ordinary = vectors.filter((vector) => !isCrossOrigin(vector) && !isEd448(vector));

test.each(ordinary)("takes W3C's $title", async (vector) => {
  const registration = registrationOf(vector);
  const made = await readRegistration(registration.answer, registration.expected);
  expect(made.publicKey).toBe(keyOf(vector).toString("base64"));
  const assertion = assertionOf(vector);
  const read = await readAssertion(assertion.answer, assertion.expected);
  await read.checkSignature(made.publicKey);
  expect(read.credentialId).toBe(made.credentialId);
});

test.each(vectors.filter(isCrossOrigin))("refuses W3C's $title for its frame alone", async (vector) => {
  const registration = registrationOf(vector);
  await expect(readRegistration(registration.answer, registration.expected)).rejects.toThrow("cross_origin");
  const { answer, expected } = assertionOf(vector);
  await expect(readAssertion(answer, expected)).rejects.toThrow("cross_origin");
  const { verified } = await verifyAuthenticationResponse({
    response: { ...answer, clientExtensionResults: {} } as never,
    expectedChallenge: expected.challenge,
    expectedOrigin: "https://example.org",
    expectedTopOrigin: "https://example.com",
    expectedRPID: expected.relyingParty,
    requireUserVerification: false,
    credential: { id: answer.id, publicKey: Uint8Array.from(keyOf(vector)), counter: 0 },
  });
  expect(verified).toBe(true);
});

test.each(vectors.filter(isEd448))("does not understand $title", async (vector) => {
  const { answer, expected } = registrationOf(vector);
  await expect(readRegistration(answer, expected)).rejects.toThrow("unusable_key");
});

test("refuses the same W3C vectors with any one bit of them flipped, 1,000 times over", async () => {
  const flipped = ordinary.flatMap((vector) => mutationsOf(vector, Math.ceil(1_000 / ordinary.length)));
  expect(flipped.length).toBeGreaterThanOrEqual(1_000);
  const accepted: string[] = [];
  for (const { vector, field, bit, answer } of flipped) {
    const outcome = await readAssertion(answer, assertionOf(vector).expected)
      .then((read) => read.checkSignature(keyOf(vector).toString("base64")))
      .then(
        () => "accepted",
        (error: Error) => error.name,
      );
    if (outcome !== "CeremonyError") accepted.push(`${vector.id} ${field} ${bit}: ${outcome}`);
  }
  expect(accepted).toEqual([]);
});

/** Bits spread over the three signed or signing fields, from the first to the last. */
function mutationsOf(vector: Vector, count: number) {
  const { answer } = assertionOf(vector);
  const fields = ["clientDataJSON", "authenticatorData", "signature"] as const;
  return Array.from({ length: count }, (_, index) => {
    const field = fields[index % fields.length] as (typeof fields)[number];
    const bytes = Buffer.from(answer.response[field], "base64url");
    const bit = Math.floor((index / count) * bytes.length * 8);
    bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
    const response = { ...answer.response, [field]: bytes.toString("base64url") };
    return { vector, field, bit, answer: { ...answer, response } };
  });
}
