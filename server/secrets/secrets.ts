import { join } from "node:path";
import type { Store } from "../store/store.ts";
import { SecretCipher } from "./cipher.ts";
import { loadDevelopmentKey, loadOrCreateDevelopmentKey } from "./development-key.ts";
import { parseEncryptionKeys } from "./encryption-keys.ts";
import { type Fingerprint, openFingerprint } from "./fingerprint.ts";
import { openPayloadHash, type PayloadHash } from "./payload-hash.ts";

/** What turns the secret of a method into what may be kept of it. */
export interface Secrets {
  readonly cipher: SecretCipher;
  readonly fingerprint: Fingerprint;
  readonly payloadHash: PayloadHash;
}

/** Where the encryption keys come from. */
export interface KeySource {
  readonly encryptionKeys: string | undefined;
  /** The file that they were read from, where they were. */
  readonly encryptionKeysFile: string | undefined;
  /** Where the development key is kept. */
  readonly dataFolder: string;
}

/**
 * The configured encryption keys, or the development key beside the database where there are none.
 *
 * @param whenMissing whether a development key that does not exist yet is created, or refused
 * @throws EncryptionKeyError
 */
export async function openCipher(
  config: KeySource,
  whenMissing: "create" | "refuse" = "create",
): Promise<SecretCipher> {
  const { encryptionKeys, dataFolder } = config;
  const variable = keysVariable(config);
  if (encryptionKeys !== undefined)
    return new SecretCipher(parseEncryptionKeys(encryptionKeys, variable), variable);
  const load = whenMissing === "create" ? loadOrCreateDevelopmentKey : loadDevelopmentKey;
  return new SecretCipher(await load(join(dataFolder, "development-encryption.key")));
}

/** The variable that the encryption keys are given in. */
export function keysVariable({ encryptionKeysFile }: Pick<KeySource, "encryptionKeysFile">): string {
  return encryptionKeysFile === undefined ? "ENCRYPTION_KEYS" : "ENCRYPTION_KEYS_FILE";
}

/** @throws DecryptionError where the store was written with keys that are not given any more */
export async function openSecrets(store: Store, cipher: SecretCipher): Promise<Secrets> {
  return {
    cipher,
    fingerprint: await openFingerprint(store, cipher),
    payloadHash: await openPayloadHash(store, cipher),
  };
}
