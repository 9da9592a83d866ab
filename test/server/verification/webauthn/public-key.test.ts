import { expect, test } from "vitest";
import { readAssertion } from "../../../../server/verification/webauthn/assertion.ts";
import { loadLibrary } from "../../../../server/verification/webauthn/library.ts";
import { isUsableKey, isWholeKey } from "../../../../server/verification/webauthn/public-key.ts";
import { assertionOf, keyOf, type Vector, vectors } from "./vectors.ts";

const vector = vectors[0] as Vector;
const key = Uint8Array.from(keyOf(vector));

test.each([
  ["nothing", new Uint8Array()],
  ["half a key", key.slice(0, 20)],
  ["no map", Uint8Array.from([0x01])],
  ["a key and a byte behind it", Uint8Array.from([...key, 0])],
  ["a key and another", Uint8Array.from([...key, ...key])],
])("a stored key of %s is unusable, whatever the signature", async (_what, bytes) => {
  const [, helpers] = await loadLibrary();
  expect(await isUsableKey(bytes, helpers)).toBe(false);
  const { answer, expected } = assertionOf(vector);
  const read = await readAssertion(answer, expected);
  await expect(read.checkSignature(Buffer.from(bytes).toString("base64"))).rejects.toThrow("unusable_key");
});

test("a key that is whole is usable", async () => {
  const [, helpers] = await loadLibrary();
  expect(isWholeKey(key, helpers)).toBe(true);
  expect(await isUsableKey(key, helpers)).toBe(true);
});
