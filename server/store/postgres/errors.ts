import { StoreFullError, StoreUnavailableError } from "../errors.ts";

/** SQLSTATEs, https://www.postgresql.org/docs/current/errcodes-appendix.html. */
const diskFull = "53100";
const uniqueViolation = "23505";
const serializationFailure = "40001";
const deadlockDetected = "40P01";
/** Also what PostgreSQL says when it has no room for another lock. */
const outOfMemory = "53200";

/**
 * What a statement meets while PostgreSQL starts, stops, fails over, is overloaded, damaged or taken away, with its
 * cause and cure: by SQLSTATE, or by its class. Where both are here, the longer one holds.
 */
const unavailable: Readonly<Record<string, string>> = {
  "08": "The connection to PostgreSQL is lost: see whether it runs, and the network.",
  "25006": "PostgreSQL takes no writes, as a standby does: name the primary in DATABASE_URL, or promote it.",
  "25P03":
    "PostgreSQL has ended a transaction that stood still: see whether the server has processors enough.",
  "28": "PostgreSQL refuses the user in DATABASE_URL: correct it or its password, or pg_hba.conf.",
  "3D000": "The database in DATABASE_URL is gone: restore a backup (docs/operations.md).",
  "3F000": "The schema in DATABASE_URL is gone: restore a backup (docs/operations.md).",
  "40": "PostgreSQL has undone a transaction for another's: send the request again.",
  "42501": "The user in DATABASE_URL may not do what a server does: grant it what docs/postgresql.md lists.",
  "42P01": "A table of this server is gone: stop the server and restore a backup (docs/operations.md).",
  "42703": "A column of this server is gone: stop the server and restore a backup (docs/operations.md).",
  "53": "PostgreSQL lacks connections, memory or locks: raise its limits, or stop what takes them.",
  "55": "PostgreSQL is not in a state to do this now: see its log.",
  "57": "PostgreSQL stops, starts, or takes too long: see its log.",
  "58": "The disk of PostgreSQL fails: see its log, and restore a backup (docs/operations.md).",
  "72": "PostgreSQL has given up a transaction that took too long: send the request again.",
  F0: "PostgreSQL's configuration cannot be read: mend it as its log says.",
  XX: "What PostgreSQL keeps is damaged: see its log, and restore a backup (docs/operations.md).",
};

interface Coded {
  readonly code: string;
}

function hasCode(error: unknown): error is Error & Coded {
  return error instanceof Error && "code" in error && typeof error.code === "string";
}

/** Whether the error is PostgreSQL's own answer rather than the driver's or the network's. */
export function isFromServer(error: Error): boolean {
  return "severity" in error;
}

/** Whether PostgreSQL refuses a statement and goes on with the connection. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Error && "severity" in error && error.severity === "ERROR";
}

/** The SQLSTATE, or the code that Node or the driver give to what goes wrong with a connection. */
export function errorCode(error: unknown): string | undefined {
  return hasCode(error) ? error.code : undefined;
}

/** Whether another transaction has come first, so that the same work may do better when it is run again. */
export function isConflict(error: unknown): boolean {
  const code = errorCode(error);
  return code === uniqueViolation || code === serializationFailure || code === deadlockDetected;
}

/** Whether PostgreSQL, or the way there, is not what it was: not so where a transaction was undone for another's. */
export function isOutage(error: unknown): boolean {
  return toStoreError(error) instanceof StoreUnavailableError && !isConflict(error);
}

/** Whether PostgreSQL may well do in parts what it could not do all at once. */
export function isTooMuchAtOnce(error: unknown): boolean {
  return errorCode(error) === outOfMemory;
}

/**
 * What the callers of a store are to see for an error of PostgreSQL or of the way there. Its details and the
 * statement's parameters hold personal data and are left behind.
 */
export function toStoreError(error: unknown): unknown {
  if (!hasCode(error)) return error;
  const cause = new Error(
    isFromServer(error) ? `PostgreSQL: ${error.message} (SQLSTATE ${error.code})` : error.code,
  );
  if (error.code === diskFull)
    return new StoreFullError("The database has no room left to write.", { cause });
  if (!isFromServer(error)) return new StoreUnavailableError("The database does not answer.", { cause });
  const sentence = unavailable[error.code] ?? unavailable[error.code.slice(0, 2)];
  return sentence === undefined ? cause : new StoreUnavailableError(sentence, { cause });
}
