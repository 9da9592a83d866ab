import { createHmac } from "node:crypto";
import type { Store } from "../store/store.ts";
import type { SecretCipher } from "./cipher.ts";
import { openWrappedKey, wrappedKeys } from "./wrapped-key.ts";

/** Tells whether two payloads, as text, are the same, without telling what they are. */
export type PayloadHash = (payload: string) => string;

/**
 * HMAC-SHA256 in base64url under the key of the fingerprints: a payload may hold a secret, and who has the database
 * shall not be able to try guesses. No fingerprint is made of a text that begins alike.
 *
 * @throws DecryptionError where the key that is kept was encrypted with a key that is not given any more.
 * @throws StoreUnavailableError
 * @throws StoreFullError
 */
export async function openPayloadHash(store: Store, cipher: SecretCipher): Promise<PayloadHash> {
  const key = await openWrappedKey(store, cipher, wrappedKeys.fingerprint);
  return (payload) => createHmac("sha256", key).update(`payload ${payload}`).digest("base64url");
}
