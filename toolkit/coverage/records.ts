import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Keeps what one process exercised, beside what others did. */
export async function writeRecord(folder: string, hits: readonly string[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${process.pid}-${crypto.randomUUID()}.json`), JSON.stringify(hits));
}

/** All that was kept. @throws Error where there is nothing */
export async function readRecords(folder: string): Promise<Set<string>> {
  const files = await readdir(folder).catch(() => []);
  if (files.length === 0) throw new Error(`${folder} holds no records: run the tests first.`);
  const hits = await Promise.all(
    files.map(async (file) => JSON.parse(await readFile(join(folder, file), "utf8")) as string[]),
  );
  return new Set(hits.flat());
}
