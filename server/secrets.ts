import { join } from "node:path";
import type { Secrets } from "./authentication-methods/record.ts";
import type { Config } from "./config/config.ts";
import { loadOrCreateDevelopmentKey } from "./store/development-key.ts";
import { parseEncryptionKeys } from "./store/encryption-keys.ts";
import { openFingerprint } from "./store/fingerprint.ts";
import { SecretCipher } from "./store/secrets.ts";
import type { Store } from "./store/store.ts";

/** The configured encryption keys, or the development key beside the database where there are none. */
export async function openCipher(config: Config): Promise<SecretCipher> {
  const { encryptionKeys, dataFolder } = config;
  return new SecretCipher(
    encryptionKeys === undefined
      ? await loadOrCreateDevelopmentKey(join(dataFolder, "development-encryption.key"))
      : parseEncryptionKeys(encryptionKeys),
  );
}

/** @throws DecryptionError where the store was written with keys that are not given any more */
export async function openSecrets(store: Store, cipher: SecretCipher): Promise<Secrets> {
  return { cipher, fingerprint: await openFingerprint(store, cipher) };
}
