import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { SecretCipher } from "../../../server/secrets/cipher.ts";
import { parseEncryptionKeys } from "../../../server/secrets/encryption-keys.ts";
import { DecryptionError } from "../../../server/secrets/errors.ts";
import { openFingerprint } from "../../../server/secrets/fingerprint.ts";
import { openStore } from "../../../server/store/open.ts";
import { rejectUnknownUsers } from "../store/records.ts";

const newKey = (kid: string) => `${kid}:${randomBytes(32).toString("base64url")}`;
const cipherOf = (...keys: string[]) => new SecretCipher(parseEncryptionKeys(keys.join(",")));
const newStore = () => openStore("sqlite::memory:", rejectUnknownUsers);

describe("openFingerprint", () => {
  test("tells secrets and users apart", async () => {
    const fingerprint = await openFingerprint(await newStore(), cipherOf(newKey("a")));
    const of = [
      fingerprint("auth0|1", "JBSWY3DPEHPK3PXP"),
      fingerprint("auth0|1", "JBSWY3DPEHPK3PXQ"),
      fingerprint("auth0|2", "JBSWY3DPEHPK3PXP"),
    ];
    expect(new Set(of).size).toBe(3);
    expect(fingerprint("auth0|1", "JBSWY3DPEHPK3PXP")).toBe(of[0]);
    expect(of[0]).toMatch(/^[\w-]{43}$/);
  });

  test("compares the bytes of the secret: the spare bits of its last character do not count", async () => {
    const fingerprint = await openFingerprint(await newStore(), cipherOf(newKey("a")));
    // 39 characters are 24 bytes and 3 bits.
    const secret = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEF";
    expect(fingerprint("auth0|1", `${secret}A`)).toBe(fingerprint("auth0|1", `${secret}H`));
    expect(fingerprint("auth0|1", `${secret}A`)).not.toBe(fingerprint("auth0|1", `${secret}I`));
  });

  test("stays the same when keys are rotated", async () => {
    const store = await newStore();
    const [older, newer] = [newKey("older"), newKey("newer")];
    const before = await openFingerprint(store, cipherOf(older));
    const after = await openFingerprint(store, cipherOf(newer, older));
    expect(after("auth0|1", "JBSWY3DPEHPK3PXP")).toBe(before("auth0|1", "JBSWY3DPEHPK3PXP"));
  });

  test("differs from store to store", async () => {
    const cipher = cipherOf(newKey("a"));
    const [one, other] = [
      await openFingerprint(await newStore(), cipher),
      await openFingerprint(await newStore(), cipher),
    ];
    expect(one("auth0|1", "JBSWY3DPEHPK3PXP")).not.toBe(other("auth0|1", "JBSWY3DPEHPK3PXP"));
  });

  test("refuses to start over when the key it was encrypted with is gone", async () => {
    const store = await newStore();
    await openFingerprint(store, cipherOf(newKey("lost")));
    await expect(openFingerprint(store, cipherOf(newKey("a")))).rejects.toThrow(
      new DecryptionError("The secret is encrypted under a key that is not in ENCRYPTION_KEYS: lost."),
    );
  });
});
