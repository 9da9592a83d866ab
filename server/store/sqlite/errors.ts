import { StoreDamagedError, StoreFullError, StoreUnavailableError } from "../errors.ts";

/** Primary result codes, https://www.sqlite.org/rescode.html. */
const sqliteError = 1;
const sqliteInternal = 2;
const sqlitePerm = 3;
const sqliteBusy = 5;
const sqliteLocked = 6;
const sqliteNomem = 7;
const sqliteReadonly = 8;
const sqliteIoerr = 10;
const sqliteCorrupt = 11;
const sqliteFull = 13;
const sqliteCantopen = 14;
const sqliteProtocol = 15;
const sqliteSchema = 17;
const sqliteNolfs = 22;
const sqliteNotadb = 26;

/** The codes in which the work could not be done, for a reason that is none of the work's, with cause and cure. */
const unavailable: Readonly<Record<number, string>> = {
  [sqliteInternal]: "SQLite has failed: restart the server, and report it with this line.",
  [sqlitePerm]:
    "The database file may not be used by this user: give its owner and mode back (chown, chmod 600).",
  [sqliteBusy]: "Another process keeps the database locked: end it, or wait until it is done.",
  [sqliteLocked]: "Another process keeps the database locked: end it, or wait until it is done.",
  [sqliteNomem]: "There is no memory left: give the server more, or stop what takes it.",
  [sqliteReadonly]:
    "The database file cannot be written any more: make it and its file system writable, then restart the server.",
  [sqliteIoerr]:
    "The disk of the database fails: look at the system's log, and restore a backup (docs/operations.md).",
  [sqliteCantopen]:
    "The files beside the database cannot be opened: make its folder writable, or let the process open more files.",
  [sqliteProtocol]: "The locks of the database do not work: keep the file on a local disk.",
  [sqliteSchema]: "The schema of the database was changed: restart the server.",
  [sqliteNolfs]: "The file system takes no file as large as the database: move it to another.",
};

/** The codes for what is kept having been damaged. */
const damaged = new Set([sqliteCorrupt, sqliteNotadb]);
/** How SQLite tells that a table or a column is not there, for which it has no code of its own. */
const lacking = /^no such (table|column)/;

/** The low byte of an extended result code is its primary one. */
function resultCode(error: unknown): number | undefined {
  return error instanceof Error && "errcode" in error && typeof error.errcode === "number"
    ? error.errcode & 0xff
    : undefined;
}

/** Whether another connection holds the lock that is needed. */
export function isBusy(error: unknown): boolean {
  return resultCode(error) === sqliteBusy;
}

/** Whether the file is something other than a SQLite database. */
export function isNotADatabase(error: unknown): boolean {
  return resultCode(error) === sqliteNotadb;
}

/** Whether what is kept in the file is damaged. */
export function isDamaged(error: unknown): boolean {
  const code = resultCode(error);
  return code !== undefined && damaged.has(code);
}

/** What the callers of a store are to see for an error of SQLite; errors that are no answer of the disk stay as they are. */
export function toStoreError(error: unknown): unknown {
  const code = resultCode(error);
  if (code === undefined) return error;
  if (code === sqliteFull)
    return new StoreFullError("The database has no room left to write.", { cause: error });
  if (damaged.has(code)) {
    const message =
      "The database file is damaged: stop the server and restore a backup (docs/operations.md).";
    return new StoreDamagedError(message, { cause: error });
  }
  if (code === sqliteError && lacking.test((error as Error).message)) {
    const message =
      "The database lacks tables of this server: stop the server and restore a backup (docs/operations.md).";
    return new StoreDamagedError(message, { cause: error });
  }
  const sentence = unavailable[code];
  return sentence === undefined ? error : new StoreUnavailableError(sentence, { cause: error });
}
