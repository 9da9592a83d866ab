import { StoreFullError, StoreUnavailableError } from "../errors.ts";

/** Primary result codes, https://www.sqlite.org/rescode.html. */
const BUSY = 5;
const LOCKED = 6;
const READONLY = 8;
const IOERR = 10;
const FULL = 13;
const CANTOPEN = 14;
const PROTOCOL = 15;
const NOTADB = 26;

const unavailable = new Set([BUSY, LOCKED, READONLY, IOERR, CANTOPEN, PROTOCOL]);

/** The low byte of an extended result code is its primary one. */
function resultCode(error: unknown): number | undefined {
  return error instanceof Error && "errcode" in error && typeof error.errcode === "number"
    ? error.errcode & 0xff
    : undefined;
}

/** Whether another connection holds the lock that is needed. */
export function isBusy(error: unknown): boolean {
  return resultCode(error) === BUSY;
}

/** Whether the file is something other than a SQLite database. */
export function isNotADatabase(error: unknown): boolean {
  return resultCode(error) === NOTADB;
}

/** What the callers of a store are to see for an error of SQLite; errors that are no answer of the disk stay as they are. */
export function toStoreError(error: unknown): unknown {
  const code = resultCode(error);
  if (code === FULL) return new StoreFullError("The database has no room left to write.", { cause: error });
  if (code !== undefined && unavailable.has(code)) {
    return new StoreUnavailableError("The database does not answer.", { cause: error });
  }
  return error;
}
