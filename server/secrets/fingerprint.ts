import { createHmac } from "node:crypto";
import type { Store } from "../store/store.ts";
import type { SecretCipher } from "./cipher.ts";
import { openWrappedKey, wrappedKeys } from "./wrapped-key.ts";

/** Tells whether two secrets of a user are the same, without telling what they are. */
export type Fingerprint = (userId: string, secret: string) => string;

const base32Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/**
 * HMAC-SHA256 of a user's totp secret, in base64url. Its random key is made once and kept in the store,
 * encrypted, so that fingerprints stay comparable when encryption keys are rotated.
 *
 * The function takes the secret in base32 (RFC 4648), upper case, without padding or spaces, and compares the
 * bytes it stands for: the bits by which the last character exceeds them do not count. It throws a RangeError
 * for a text that is not in base32.
 *
 * @throws DecryptionError where the key that is kept was encrypted with a key that is not given any more.
 * @throws StoreUnavailableError
 * @throws StoreFullError
 */
export async function openFingerprint(store: Store, cipher: SecretCipher): Promise<Fingerprint> {
  const key = await openWrappedKey(store, cipher, wrappedKeys.fingerprint);
  return (userId, secret) =>
    createHmac("sha256", key).update(JSON.stringify(userId)).update(decodeBase32(secret)).digest("base64url");
}

function decodeBase32(text: string): Buffer {
  const bytes = Buffer.alloc(Math.floor((text.length * 5) / 8));
  let bits = 0;
  let bitCount = 0;
  let length = 0;
  for (const character of text) {
    const value = base32Alphabet.indexOf(character);
    if (value < 0) throw new RangeError("The secret is not in base32.");
    bits = ((bits << 5) | value) & 0xfff;
    bitCount += 5;
    if (bitCount >= 8) {
      bitCount -= 8;
      bytes[length] = bits >> bitCount;
      length += 1;
    }
  }
  return bytes;
}
