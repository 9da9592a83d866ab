import { hash, randomBytes } from "node:crypto";
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
  return load(path, () => `${newKey()}\n`);
}

/**
 * The key in the file `path`, which must be there.
 *
 * @throws EncryptionKeyError
 */
export async function loadDevelopmentKey(path: string): Promise<EncryptionKeys> {
  return load(path, () => {
    throw new EncryptionKeyError(
      `There is no ${path}, so nothing is encrypted under it: give the keys that secrets are encrypted under in ENCRYPTION_KEYS.`,
    );
  });
}

/** Its id tells it from every other one, so that what another has encrypted is not taken for damaged. */
function newKey(): string {
  const key = randomBytes(32);
  return `development-${hash("sha256", key, "hex").slice(0, 12)}:${key.toString("base64url")}`;
}

async function load(path: string, create: () => string): Promise<EncryptionKeys> {
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
