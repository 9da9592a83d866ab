import type { FastifyBaseLogger } from "fastify";
import { type Config, readConfig } from "../config/config.ts";
import type { SecretCipher } from "../secrets/cipher.ts";
import { parseEncryptionKeys } from "../secrets/encryption-keys.ts";

/**
 * Reads the file of ENCRYPTION_KEYS again on SIGHUP, so that keys are rotated without a restart. What it cannot use
 * it says, and goes on with what it has. Without such a file SIGHUP ends the process, as a closed terminal does.
 */
export function reloadOnSignal(cipher: SecretCipher, config: Config, log: FastifyBaseLogger): void {
  if (config.encryptionKeysFile === undefined) return;
  process.on("SIGHUP", () => {
    try {
      const { encryptionKeys = "" } = readConfig(process.env);
      cipher.replaceKeys(parseEncryptionKeys(encryptionKeys, "ENCRYPTION_KEYS_FILE"));
      log.info({ keyIds: cipher.keyIds }, "encryption keys read again");
    } catch (error) {
      // The message alone: it holds nothing of a key.
      log.error(
        { reason: (error as Error).message },
        "encryption keys not read again: the old ones stay in use",
      );
    }
  });
}
