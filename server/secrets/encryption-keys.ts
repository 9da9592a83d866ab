import { createSecretKey, type KeyObject } from "node:crypto";
import { EncryptionKeyError } from "./errors.ts";

/** Key encryption keys by their `kid`; the first encrypts, all decrypt. */
export type EncryptionKeys = ReadonlyMap<string, KeyObject>;

const keyBytes = 32;

/**
 * Reads `kid:key,kid:key,…`, each key 32 random bytes in base64 or base64url, each `kid` 1 to 64 characters of
 * `[A-Za-z0-9._-]`.
 *
 * @param source what the text comes from, named in the error.
 * @throws EncryptionKeyError which tells entries by their position: what stands before the colon may be a key
 *   that was put in the wrong place.
 */
export function parseEncryptionKeys(text: string, source = "ENCRYPTION_KEYS"): EncryptionKeys {
  const keys = new Map<string, KeyObject>();
  for (const [index, entry] of text.split(",").entries()) {
    const refuse = (fault: string) => new EncryptionKeyError(`${source}: entry ${index + 1} ${fault}`);
    const [, kid, encoded] = /^([A-Za-z0-9._-]{1,64}):([A-Za-z0-9+/_-]*={0,2})$/.exec(entry.trim()) ?? [];
    if (kid === undefined || encoded === undefined) {
      throw refuse("must be written kid:key, the key in base64, for instance by openssl rand -base64 32.");
    }
    const key = Buffer.from(encoded, "base64");
    if (key.length !== keyBytes) {
      throw refuse(`holds a key of ${key.length} bytes; write one of ${keyBytes} (openssl rand -base64 32).`);
    }
    if (key.every((byte) => byte === 0)) throw refuse("is all zeros; make one by openssl rand -base64 32.");
    if (keys.has(kid)) throw refuse("has the key id of an earlier one; give each its own.");
    keys.set(kid, createSecretKey(key));
  }
  return keys;
}
