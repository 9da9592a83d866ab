import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** In every site: a folder without it holds something else, and is not emptied. */
const mark = "llms.txt";

/**
 * Writes a site into a folder, in place of the site that it held, each file beside its `.gz`: compressed once, and not
 * for every reader.
 *
 * @throws Error where the folder holds something other than a site
 */
export function writeSite(folder: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(folder, { recursive: true });
  const found = readdirSync(folder);
  if (found.length > 0 && !found.includes(mark))
    throw new Error(`${folder} holds files that are no docs: name an empty folder.`);
  for (const name of found) rmSync(join(folder, name), { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), content);
    writeFileSync(join(folder, `${name}.gz`), gzipSync(content, { level: 9 }));
  }
}
