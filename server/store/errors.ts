/** The database cannot be reached or does not answer; the request may be sent again. */
export class StoreUnavailableError extends Error {
  override readonly name = "StoreUnavailableError";
}

/** The database has no room left to write; what is kept can still be read. */
export class StoreFullError extends Error {
  override readonly name = "StoreFullError";
}
