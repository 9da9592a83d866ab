import { randomUUID } from "node:crypto";
import { createWriteStream, statSync } from "node:fs";
import { link, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** Others can read what must be private; the message is one sentence for the operator that says how to mend it. */
export class PrivateFileError extends Error {
  override readonly name = "PrivateFileError";
}

const ownerOnly = 0o600;
const everybodyElse = 0o077;
/** What file systems without hard links answer. */
const noLinks = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"]);

/**
 * What others could read must be taken for known to them, so it is refused rather than quietly hidden. A file that
 * is not there is no fault; on Windows, where modes say nothing, none is.
 *
 * @param content what the file holds, as in "the signing key"
 * @param alternative another way to mend it, as in "delete it for a new one"
 * @throws PrivateFileError
 */
export function insistOnPrivacy(path: string, content: string, alternative?: string): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (process.platform === "win32" || stats === undefined || (stats.mode & everybodyElse) === 0) return;
  const mode = (stats.mode & 0o777).toString(8).padStart(4, "0");
  const otherwise = alternative === undefined ? "" : `, or ${alternative}`;
  throw new PrivateFileError(
    `Other users of this machine can read ${content} in ${path} (mode ${mode}): run chmod 600 on it${otherwise}.`,
  );
}

/**
 * The text in the file `path`. Where there is none yet, `create` makes it; of several processes that do so at once
 * one wins, and all get its text.
 *
 * @throws PrivateFileError
 */
export async function readOrCreatePrivateFile(
  path: string,
  create: () => string | Promise<string>,
  ...described: [content: string, alternative?: string]
): Promise<string> {
  const kept = await readIfPresent(path);
  if (kept === undefined) {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await createPrivateFile(path, [await create()]).catch((error: unknown) => {
      if (!hasCode(error, "EEXIST")) throw error;
    });
  }
  insistOnPrivacy(path, ...described);
  return kept ?? readFile(path, "utf8");
}

/**
 * Writes `parts` to a new file that its owner alone can read. It has its name once it is whole and on the disk, so
 * that neither a fault nor a kill leaves half a file behind that looks like one.
 *
 * @throws an error of code `EEXIST` where there is such a file
 */
export async function createPrivateFile(
  path: string,
  parts: AsyncIterable<string> | Iterable<string>,
): Promise<void> {
  await publishPrivateFile(path, async (draft) => {
    await pipeline(Readable.from(parts), createWriteStream(draft, { flags: "r+" }));
  });
}

/**
 * Like `createPrivateFile`, with what `write` puts into the file `draft`, which is empty before.
 *
 * @throws what `write` throws, and an error of code `EEXIST` where there is a file `path`
 */
export async function publishPrivateFile(
  path: string,
  write: (draft: string) => Promise<void>,
): Promise<void> {
  const draft = await draftOf(path);
  try {
    await write(draft);
    await syncFile(draft);
    await publish(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
  await syncFolder(dirname(path));
}

/** Makes an empty file beside `path` that its owner alone can read, to take its name later, and gives its path. */
export async function draftOf(path: string): Promise<string> {
  const draft = `${path}.${randomUUID()}`;
  const file = await open(draft, "wx", ownerOnly);
  await file.close();
  return draft;
}

/** Resolves when what is in the file is on the disk. */
export async function syncFile(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Unlike a rename, a link never replaces what another process put there meanwhile. */
async function publish(draft: string, path: string): Promise<void> {
  try {
    await link(draft, path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && noLinks.has(String(error.code)))) throw error;
    const claim = await open(path, "wx", ownerOnly);
    await claim.close();
    await rename(draft, path);
  }
}

/** A name is on the disk when its folder is. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
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
