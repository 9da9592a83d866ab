import { existsSync, linkSync, renameSync } from "node:fs";
import { copyFile, mkdir, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import { draftOf, insistOnPrivacy, syncFile, syncFolder } from "../private-file.ts";
import { StoreOpenError } from "../store/errors.ts";
import { isBusy } from "../store/sqlite/errors.ts";
import { type BackupSummary, inspectBackup, isOfSqlite } from "./backup.ts";

/** What a restore has done. */
export interface RestoreSummary extends BackupSummary {
  /** Where the database is that was there before; absent where there was none. */
  readonly replaced: string | undefined;
}

/** What SQLite keeps beside a database, and applies to whatever has its name. */
const companions = ["-wal", "-shm", "-journal"];

/**
 * Puts the backup in the file `source` in the place of the SQLite database `path`, after it was read whole. What was
 * there is kept beside it under another name. Until the last step, which is one rename, nothing has changed.
 *
 * @throws StoreOpenError where the backup is no whole database of this server, or a process has the database open;
 *   PrivateFileError where others can read the backup; what `signal` was aborted with, where nothing has changed
 */
export async function restoreSqlite(
  source: string,
  path: string,
  signal?: AbortSignal,
): Promise<RestoreSummary> {
  if (!existsSync(source)) throw new StoreOpenError(`${source} does not exist: name a backup.`);
  insistOnPrivacy(source, "the backup");
  if (existsSync(`${source}-wal`)) {
    throw new StoreOpenError(
      `${source} is a database in use rather than a backup, as ${source}-wal is beside it: name what backup has written.`,
    );
  }
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = await draftOf(path);
  try {
    await copyFile(source, draft);
    await syncFile(draft);
    // The copy, and not the file it comes from: what is looked at is what is put in place.
    signal?.throwIfAborted();
    const summary = inspectBackup(draft);
    // A signal of the process comes through in a turn of the event loop.
    await setImmediate();
    signal?.throwIfAborted();
    const replaced = existsSync(path) ? replace(path, draft) : putAt(path, draft);
    await syncFolder(dirname(path));
    return { ...summary, replaced };
  } catch (error) {
    if (!(error instanceof StoreOpenError)) throw error;
    throw new StoreOpenError(error.message.replaceAll(draft, source), { cause: error });
  } finally {
    await rm(draft, { force: true });
  }
}

/** Gives where the database is that was there. */
function replace(path: string, draft: string): string {
  const aside = `${path}.before-restore-${new Date().toISOString().replaceAll(":", "")}`;
  const held = hold(path);
  try {
    for (const companion of companions)
      if (existsSync(path + companion)) renameSync(path + companion, aside + companion);
    linkSync(path, aside);
    putAt(path, draft);
  } finally {
    held.close();
  }
  return aside;
}

function putAt(path: string, draft: string): undefined {
  renameSync(draft, path);
}

/**
 * Opens the database so that nobody else can until it is closed, with all of it in one file. One that is damaged may
 * only be refused where a process is at it this moment: a server notices then that its file was replaced.
 *
 * @throws StoreOpenError where another process has it open
 */
function hold(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE");
    // Whoever has a database with a write-ahead log open keeps it from having none.
    database.exec("PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE; ROLLBACK");
  } catch (error) {
    if (isBusy(error)) {
      database.close();
      throw new StoreOpenError(`${path} is in use by another process: stop the server, then restore again.`, {
        cause: error,
      });
    }
    if (!isOfSqlite(error)) throw error;
  }
  return database;
}
