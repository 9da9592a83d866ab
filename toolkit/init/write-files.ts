import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** What became of the files of a project. */
export interface Written {
  readonly created: readonly string[];
  readonly updated: readonly string[];
  /** Written by hand, and the contract would have them otherwise. */
  readonly kept: readonly string[];
}

/** Of each file that was made, what it held then: whoever changes one makes it his own. */
const record = "generated/scaffold.json";

/**
 * Writes the files of a project, but none that somebody has changed.
 *
 * @param files their contents by their paths in `folder`
 * @param isObsolete of a file that was made once and is not among `files`: whether it goes
 */
export async function writeFiles(
  folder: string,
  files: Readonly<Record<string, string>>,
  isObsolete: (file: string) => boolean = () => false,
): Promise<Written> {
  const made = await readRecord(folder);
  const written = { created: [] as string[], updated: [] as string[], kept: [] as string[] };
  for (const [file, content] of Object.entries(files)) {
    const existing = await read(join(folder, file));
    if (existing !== undefined && existing !== content && digest(existing) !== made[file]) {
      if (digest(content) !== made[file]) written.kept.push(file);
      continue;
    }
    made[file] = digest(content);
    if (existing === content) continue;
    written[existing === undefined ? "created" : "updated"].push(file);
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), content);
  }
  for (const file of Object.keys(made).filter((each) => isObsolete(each) && !Object.hasOwn(files, each))) {
    const existing = await read(join(folder, file));
    if (existing !== undefined && digest(existing) === made[file]) await rm(join(folder, file));
    delete made[file];
  }
  await mkdir(join(folder, "generated"), { recursive: true });
  await writeFile(join(folder, record), `${JSON.stringify(made, null, 2)}\n`);
  return written;
}

/** The files that were made once under a folder, and have been changed since. */
export async function changedFiles(folder: string, under: string): Promise<string[]> {
  const changed: string[] = [];
  for (const [file, before] of Object.entries(await readRecord(folder))) {
    const existing = file.startsWith(under) ? await read(join(folder, file)) : undefined;
    if (existing !== undefined && digest(existing) !== before) changed.push(file);
  }
  return changed;
}

async function readRecord(folder: string): Promise<Record<string, string>> {
  return JSON.parse((await read(join(folder, record))) ?? "{}");
}

function read(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
}

function digest(content: string): string {
  return createHash("sha256").update(content).digest("hex");
}
