import { randomBytes } from "node:crypto";
import { PrivateFileError, readOrCreatePrivateFile } from "../private-file.ts";
import { type EncryptionKeys, parseEncryptionKeys } from "./encryption-keys.ts";
import { EncryptionKeyError } from "./errors.ts";

/**
 * The key in the file `path`, for development without `ENCRYPTION_KEYS`. Where there is none yet it is made,
 * readable by its owner only; of several processes that make one at once, one wins and all use it.
 *
 * @throws EncryptionKeyError
 */
export async function loadOrCreateDevelopmentKey(path: string): Promise<EncryptionKeys> {
  const create = () => `development:${randomBytes(32).toString("base64url")}\n`;
  try {
    return parseEncryptionKeys(await readOrCreatePrivateFile(path, create, "the encryption key"), path);
  } catch (error) {
    if (error instanceof EncryptionKeyError) throw error;
    if (error instanceof PrivateFileError) throw new EncryptionKeyError(error.message);
    const reason = error instanceof Error ? error.message : String(error);
    throw new EncryptionKeyError(
      `${path} can be neither read nor created (${reason}): make its folder writable, or give ENCRYPTION_KEYS.`,
      { cause: error },
    );
  }
}
