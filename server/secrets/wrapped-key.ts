import { createSecretKey, type KeyObject, randomBytes } from "node:crypto";
import type { Store } from "../store/store.ts";
import type { SecretCipher } from "./cipher.ts";

/** The keys that are kept in the store, encrypted, by the names of their settings. */
export const wrappedKeys = {
  /** Tells equal totp secrets of a user without telling what they are. */
  fingerprint: "totp-fingerprint-key",
  /** Makes the codes that are sent, and seals the sessions they belong to. */
  challenge: "challenge-key",
  /** Holds the audit trail together. */
  audit: "audit-key",
} as const;

/**
 * The random key of 32 bytes that is kept under `setting`; made by whoever asks first. All servers of a database
 * have the same, and it stays the same when encryption keys are rotated.
 *
 * @throws DecryptionError where it was encrypted with a key that is not given any more.
 * @throws StoreUnavailableError
 * @throws StoreFullError
 */
export async function openWrappedKey(
  store: Pick<Store, "getOrCreateSetting">,
  cipher: SecretCipher,
  setting: (typeof wrappedKeys)[keyof typeof wrappedKeys],
): Promise<KeyObject> {
  const initial = cipher.encrypt(randomBytes(32).toString("base64url"), { setting });
  const kept = await store.getOrCreateSetting(setting, initial);
  return createSecretKey(cipher.decrypt(kept, { setting }), "base64url");
}
