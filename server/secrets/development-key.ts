import { randomBytes, randomUUID } from "node:crypto";
import { link, mkdir, open, readFile, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { type EncryptionKeys, parseEncryptionKeys } from "./encryption-keys.ts";
import { EncryptionKeyError } from "./errors.ts";

/**
 * The key in the file `path`, for development without `ENCRYPTION_KEYS`. Where there is none yet it is made,
 * readable by its owner only; of several processes that make one at once, one wins and all use it.
 *
 * @throws EncryptionKeyError
 */
export async function loadOrCreateDevelopmentKey(path: string): Promise<EncryptionKeys> {
  try {
    return parseEncryptionKeys((await readIfPresent(path)) ?? (await create(path)), path);
  } catch (error) {
    if (error instanceof EncryptionKeyError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new EncryptionKeyError(
      `${path} can be neither read nor created (${reason}): make its folder writable, or give ENCRYPTION_KEYS.`,
      { cause: error },
    );
  }
}

async function create(path: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  // Linked into place when it is whole: a process that is killed halfway leaves no half a key behind.
  const temporary = `${path}.${randomUUID()}`;
  const file = await open(temporary, "wx", 0o600);
  try {
    await file.writeFile(`development:${randomBytes(32).toString("base64url")}\n`);
    await file.sync();
    await link(temporary, path);
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
  } finally {
    await file.close();
    await rm(temporary);
  }
  return readFile(path, "utf8");
}

async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
