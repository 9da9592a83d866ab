import { StoreFullError, StoreUnavailableError } from "../errors.ts";

/** SQLSTATEs, https://www.postgresql.org/docs/current/errcodes-appendix.html. */
const DISK_FULL = "53100";
const UNIQUE_VIOLATION = "23505";
const SERIALIZATION_FAILURE = "40001";
const DEADLOCK_DETECTED = "40P01";
/** Also what PostgreSQL says when it has no room for another lock. */
const OUT_OF_MEMORY = "53200";

/**
 * What a statement meets while PostgreSQL starts, stops, fails over, is overloaded or takes too long: connection
 * exceptions, refused authorisation, read-only sessions and servers, rolled-back transactions, lacking resources,
 * locks not available, operator intervention, system errors.
 */
const unavailable = /^(08|28|40|53|55P03|57|58|25006|25P03)/;

interface Coded {
  readonly code: string;
}

function hasCode(error: unknown): error is Error & Coded {
  return error instanceof Error && "code" in error && typeof error.code === "string";
}

/** Whether the error is PostgreSQL's own answer rather than the driver's or the network's. */
function isFromServer(error: Error): boolean {
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
  return code === UNIQUE_VIOLATION || code === SERIALIZATION_FAILURE || code === DEADLOCK_DETECTED;
}

/** Whether PostgreSQL may well do in parts what it could not do all at once. */
export function isTooMuchAtOnce(error: unknown): boolean {
  return errorCode(error) === OUT_OF_MEMORY;
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
  if (error.code === DISK_FULL)
    return new StoreFullError("The database has no room left to write.", { cause });
  if (!isFromServer(error) || unavailable.test(error.code))
    return new StoreUnavailableError("The database does not answer.", { cause });
  return cause;
}
