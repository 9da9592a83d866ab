import { createHash, hkdfSync, randomBytes } from "node:crypto";
import { CompactEncrypt, compactDecrypt } from "jose";
import { describe, expect, test } from "vitest";
import { SecretCipher } from "../../../server/secrets/cipher.ts";
import { parseEncryptionKeys } from "../../../server/secrets/encryption-keys.ts";
import { DecryptionError } from "../../../server/secrets/errors.ts";

const secret = "JBSWY3DPEHPK3PXP";
const binding = { userId: "auth0|1", methodId: "totp|dev_0123456789abcdef" };
const newKey = (kid: string) => `${kid}:${randomBytes(32).toString("base64url")}`;
const cipherOf = (...keys: string[]) => new SecretCipher(parseEncryptionKeys(keys.join(",")));

const keyBytes = (key: string) => Buffer.from(key.slice(key.indexOf(":") + 1), "base64url");
/** By hand, as the docstring of SecretCipher says. */
const bindingDigest = createHash("sha256")
  .update('[["methodId","totp|dev_0123456789abcdef"],["userId","auth0|1"]]')
  .digest("base64url");

describe("SecretCipher", () => {
  test.each(["", secret, "ünïcode 🔑", "x".repeat(100_000)])(
    "decrypts what it has encrypted",
    (plaintext) => {
      const cipher = cipherOf(newKey("a"));
      expect(cipher.decrypt(cipher.encrypt(plaintext, binding), binding)).toBe(plaintext);
    },
  );

  test("never gives the same text twice", () => {
    const cipher = cipherOf(newKey("a"));
    expect(cipher.encrypt(secret, binding)).not.toBe(cipher.encrypt(secret, binding));
  });

  test("writes a JWE that jose decrypts", async () => {
    const key = newKey("a");
    const { plaintext, protectedHeader } = await compactDecrypt(
      cipherOf(key).encrypt(secret, binding),
      keyBytes(key),
    );
    expect(new TextDecoder().decode(plaintext)).toBe(secret);
    expect(protectedHeader).toEqual({ alg: "dir", enc: "A256GCM", kid: "a", binding: bindingDigest });
  });

  test("decrypts a JWE that jose has written", async () => {
    const key = newKey("a");
    const jwe = await new CompactEncrypt(new TextEncoder().encode(secret))
      .setProtectedHeader({ binding: bindingDigest, kid: "a", enc: "A256GCM", alg: "dir" })
      .encrypt(keyBytes(key));
    expect(cipherOf(key).decrypt(jwe, binding)).toBe(secret);
  });

  const withoutBinding = (key: Uint8Array) =>
    new CompactEncrypt(new TextEncoder().encode(secret))
      .setProtectedHeader({ kid: "a", enc: "A256GCM", alg: "dir" })
      .encrypt(key);

  test("does not decrypt what is bound to nothing", async () => {
    const key = newKey("a");
    const jwe = await withoutBinding(keyBytes(key));
    expect(() => cipherOf(key).decrypt(jwe, binding)).toThrow(DecryptionError);
  });

  test("decrypts what was bound by a derived key, and takes it for outdated", async () => {
    const key = newKey("a");
    const info = Buffer.from(bindingDigest, "base64url");
    const jwe = await withoutBinding(new Uint8Array(hkdfSync("sha256", keyBytes(key), "", info, 32)));
    const cipher = cipherOf(key);
    expect(cipher.decrypt(jwe, binding)).toBe(secret);
    expect(() => cipher.decrypt(jwe, { ...binding, userId: "auth0|2" })).toThrow(DecryptionError);
    expect(cipher.isCurrent(jwe)).toBe(false);
    expect(cipher.isCurrent(cipher.encrypt(secret, binding))).toBe(true);
  });

  test("encrypts with the first key and decrypts with all", () => {
    const [older, newer] = [newKey("older"), newKey("newer")];
    const before = cipherOf(older).encrypt(secret, binding);
    const rotated = cipherOf(newer, older);
    expect(rotated.decrypt(before, binding)).toBe(secret);
    expect(cipherOf(newer).decrypt(rotated.encrypt(secret, binding), binding)).toBe(secret);
  });

  test("names the key that is missing", () => {
    const jwe = cipherOf(newKey("retired-2025")).encrypt(secret, binding);
    expect(() => cipherOf(newKey("a")).decrypt(jwe, binding)).toThrow(
      new DecryptionError(
        "The secret is encrypted under a key that is not in ENCRYPTION_KEYS: retired-2025.",
      ),
    );
  });

  test("does not take another key of the same id", () => {
    const jwe = cipherOf(newKey("a")).encrypt(secret, binding);
    expect(() => cipherOf(newKey("a")).decrypt(jwe, binding)).toThrow(DecryptionError);
  });

  test("does not decrypt for another user, another method or another kind of row", () => {
    const cipher = cipherOf(newKey("a"));
    const jwe = cipher.encrypt(secret, binding);
    for (const other of [
      { ...binding, userId: "auth0|2" },
      { ...binding, methodId: "totp|dev_0123456789abcdeg" },
      { userId: binding.methodId, methodId: binding.userId },
      { userId: `${binding.userId}"],["x"`, methodId: binding.methodId },
      { scope: binding.userId, key: binding.methodId },
      { setting: "auth0|1" },
    ]) {
      expect(() => cipher.decrypt(jwe, other)).toThrow(
        new DecryptionError("The secret has been damaged, or moved here from another row."),
      );
    }
  });

  test("takes ids of any length apart", () => {
    const cipher = cipherOf(newKey("a"));
    const long = { userId: `auth0|${"é".repeat(5000)}`, methodId: "totp|dev_1" };
    const jwe = cipher.encrypt(secret, long);
    expect(cipher.decrypt(jwe, long)).toBe(secret);
    expect(() => cipher.decrypt(jwe, { ...long, userId: `${long.userId}é` })).toThrow(DecryptionError);
  });

  test("refuses a text in which any part was changed, and gives nothing of it away", () => {
    const cipher = cipherOf(newKey("a"), newKey("b"));
    const jwe = cipher.encrypt(secret, binding);
    const headerOfB = cipherOf(newKey("b")).encrypt(secret, binding).split(".")[0] ?? "";
    const changed = jwe
      .split(".")
      .flatMap((part, index, parts) =>
        ["", "AAAA", `${part.startsWith("A") ? "B" : "A"}${part.slice(1)}`, part.slice(0, -4), `${part}AAAA`]
          .filter((other) => other !== part)
          .map((other) => parts.with(index, other).join(".")),
      );
    const noJwe = ["", ".", "....", secret, `${jwe}.`, jwe.replace(/^[^.]*/, headerOfB)];
    for (const text of [...changed, ...noJwe]) {
      let error: unknown;
      try {
        cipher.decrypt(text, binding);
      } catch (caught) {
        error = caught;
      }
      expect(error, text).toBeInstanceOf(DecryptionError);
      expect(String(error)).not.toContain(secret);
    }
  });

  test.each([{ alg: "none" }, { alg: "A256KW" }, { enc: "A128GCM" }, { kid: 1 }])(
    "refuses a header with %o",
    (fields) => {
      const cipher = cipherOf(newKey("a"));
      const header = Buffer.from(JSON.stringify({ alg: "dir", enc: "A256GCM", kid: "a", ...fields }));
      const jwe = cipher.encrypt(secret, binding).replace(/^[^.]*/, header.toString("base64url"));
      expect(() => cipher.decrypt(jwe, binding)).toThrow(
        new DecryptionError("The secret is encrypted in a way that is not used here."),
      );
    },
  );
});
