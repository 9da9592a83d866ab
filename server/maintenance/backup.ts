import { existsSync } from "node:fs";
import { backup, DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { publishPrivateFile } from "../private-file.ts";
import { StoreOpenError } from "../store/errors.ts";
import { schemaVersion } from "../store/sqlite/migrate.ts";

/** What a copy of a database holds. */
export interface BackupSummary {
  readonly users: number;
  readonly methods: number;
  /** The version of its schema. */
  readonly schema: number;
}

/** How many pages are copied before a look at how far it is: 4 MiB. */
const pagesAtATime = 1_024;

/**
 * Writes a copy of the SQLite file `path` to the new file `target`: all that was committed when it began, while
 * servers go on writing. The copy has its name once it is whole, checked and on the disk.
 *
 * @param onProgress is told how many pages are copied, and of how many
 * @throws StoreOpenError; an error of code `EEXIST` where there is a file `target`; what `signal` was aborted with
 */
export async function backupSqlite(
  path: string,
  target: string,
  onProgress: (done: number, total: number) => void = () => {},
  signal?: AbortSignal,
): Promise<BackupSummary> {
  if (!existsSync(path)) throw new StoreOpenError(`${path} does not exist: name the database of a server.`);
  let summary: BackupSummary | undefined;
  await publishPrivateFile(target, async (draft) => {
    const source = new DatabaseSync(path, { readOnly: true });
    try {
      // A transaction that has read sees nothing newer: without one, each write of a server would begin the copy anew.
      source.exec("BEGIN");
      if (schemaVersion(source) === 0)
        throw new StoreOpenError(`${path} holds nothing yet: name the database of a server.`);
      await backup(source, draft, {
        rate: pagesAtATime,
        progress({ totalPages, remainingPages }) {
          signal?.throwIfAborted();
          onProgress(totalPages - remainingPages, totalPages);
        },
      });
    } finally {
      source.close();
    }
    signal?.throwIfAborted();
    summary = inspectBackup(draft);
  });
  return summary as BackupSummary;
}

/**
 * Reads the whole file `path`, a copy that nothing writes to, and tells what it holds.
 *
 * @throws StoreOpenError where it is no whole database of this server or of an older version
 */
export function inspectBackup(path: string): BackupSummary {
  const url = pathToFileURL(path);
  // Without that SQLite would put files of its own beside it.
  url.searchParams.set("immutable", "1");
  const database = new DatabaseSync(url, { readOnly: true });
  try {
    const schema = schemaVersion(database);
    if (schema === 0) throw new StoreOpenError(`${path} holds nothing: name a backup of this server.`);
    const faults = [
      ...database.prepare("PRAGMA integrity_check(1)").all().filter(isFault),
      ...database.prepare("PRAGMA foreign_key_check").all(),
    ];
    if (faults.length > 0) throw new StoreOpenError(`${path} is damaged: name another backup.`);
    return { users: count(database, "users"), methods: count(database, "authentication_methods"), schema };
  } catch (error) {
    if (error instanceof StoreOpenError || !isOfSqlite(error)) throw error;
    throw new StoreOpenError(`${path} is damaged, or no SQLite database: name a backup of this server.`, {
      cause: error,
    });
  } finally {
    database.close();
  }
}

function isFault(row: Readonly<Record<string, unknown>>): boolean {
  return row.integrity_check !== "ok";
}

function count(database: DatabaseSync, table: "users" | "authentication_methods"): number {
  return Number(database.prepare(`SELECT count(*) AS count FROM ${table}`).get()?.count);
}

/** Whether it is an answer of SQLite. */
export function isOfSqlite(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_SQLITE_ERROR";
}
