import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { insistOnPrivacy, PrivateFileError } from "../../private-file.ts";
import { StoreOpenError } from "../errors.ts";
import { olderSchema, pendingAfter, type SchemaChange, type SchemaStatus } from "../migration.ts";
import { isBusy, isDamaged, isNotADatabase } from "./errors.ts";
import { migrate, schemaVersion } from "./migrate.ts";
import { migrations } from "./migrations/migrations.ts";

/** How long a start waits for another process that is starting on the same file, in milliseconds. */
const startTimeout = 5_000;

/**
 * `synchronous=FULL`: a commit returns when it is on the disk. 16 MiB of WAL between checkpoints, because a
 * page that is written many times in between is copied into the database once; a fourth of it, SQLite's
 * default, costs a create a quarter more.
 */
const settings = `
  PRAGMA synchronous = FULL;
  PRAGMA wal_autocheckpoint = 4000;
  PRAGMA busy_timeout = 10;
`;

/**
 * Opens the database in `path` (`:memory:`: one that is gone after it is closed) with an up-to-date schema.
 * The file, and the `-wal` and `-shm` files beside it, can be read by their owner only, or are refused.
 *
 * @throws StoreOpenError
 */
export function connect(path: string, onMigrated?: (change: SchemaChange) => void): DatabaseSync {
  const { database, change } = connectAndMigrate(path);
  if (change.from !== change.to) onMigrated?.(change);
  return database;
}

/**
 * Brings the schema of the file `path` up to date.
 *
 * @throws StoreOpenError
 */
export function migrateSqliteFile(path: string): SchemaChange {
  const { database, change } = connectAndMigrate(path);
  database.close();
  return change;
}

/**
 * What connecting to the file `path` would change; it is not created where it does not exist.
 *
 * @throws StoreOpenError
 */
export function sqliteSchemaStatus(path: string): SchemaStatus {
  const version = path === ":memory:" || !existsSync(path) ? 0 : readSchemaVersion(path);
  return { version, pending: pendingAfter(version, migrations) };
}

/**
 * Insists that connecting to the file `path` will change nothing.
 *
 * @throws StoreOpenError where the schema is older than this server's, or not known to it
 */
export function insistOnCurrentSchema(path: string): void {
  const version = readSchemaVersion(path);
  const newest = migrations.at(-1)?.version ?? 0;
  if (version < newest) throw olderSchema(version, newest);
}

function readSchemaVersion(path: string): number {
  try {
    const database = new DatabaseSync(path, { readOnly: true, timeout: startTimeout });
    try {
      return schemaVersion(database);
    } finally {
      database.close();
    }
  } catch (error) {
    if (error instanceof StoreOpenError) throw error;
    throw new StoreOpenError(sentence(resolve(path), error), { cause: error });
  }
}

function connectAndMigrate(path: string): { database: DatabaseSync; change: SchemaChange } {
  if (path === ":memory:") {
    const database = new DatabaseSync(path);
    return { database, change: migrate(database) };
  }
  const file = resolve(path);
  let database: DatabaseSync | undefined;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    provideWritableFile(file);
    database = new DatabaseSync(file, { timeout: startTimeout });
    // Before the write-ahead log, which changes a file for good: this refuses one that is not ours.
    const change = migrate(database);
    for (const each of [file, `${file}-wal`, `${file}-shm`]) insistOnPrivacy(each, "the database");
    useWriteAheadLog(database, file);
    database.exec(settings);
    return { database, change };
  } catch (error) {
    database?.close();
    if (error instanceof StoreOpenError) throw error;
    throw new StoreOpenError(sentence(file, error), { cause: error });
  }
}

function provideWritableFile(file: string): void {
  if (!existsSync(file)) {
    // SQLite gives the files beside it the same mode.
    closeSync(openSync(file, "a", 0o600));
    return;
  }
  // SQLite would open a file that cannot be written and fail at the first write. It is not opened here to find
  // out, as closing it would drop the locks that this process may have on it.
  accessSync(file, constants.W_OK);
}

function useWriteAheadLog(database: DatabaseSync, file: string): void {
  const mode = database.prepare("PRAGMA journal_mode = WAL").get()?.journal_mode;
  if (mode !== "wal") {
    throw new StoreOpenError(
      `${file} is on a file system without shared memory, which SQLite's write-ahead log needs: name a file on a local disk in DATABASE_URL.`,
    );
  }
}

function sentence(file: string, error: unknown): string {
  if (error instanceof PrivateFileError) return error.message;
  if (isNotADatabase(error)) return `${file} is not a SQLite database: name another file in DATABASE_URL.`;
  if (isDamaged(error)) return `${file} is damaged: restore a backup (docs/operations.md).`;
  if (isBusy(error)) return `${file} is locked by another process: stop it, then start again.`;
  const reason = error instanceof Error ? error.message : String(error);
  return `${file} cannot be opened for writing (${reason}): name a file that can be written in DATABASE_URL.`;
}
