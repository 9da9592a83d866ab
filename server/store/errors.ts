/** The database cannot be reached or does not answer; the request may be sent again. */
export class StoreUnavailableError extends Error {
  override readonly name = "StoreUnavailableError";
}

/** What the database keeps is damaged; the message says how to mend it. */
export class StoreDamagedError extends StoreUnavailableError {}

/** The database has no room left to write; what is kept can still be read. */
export class StoreFullError extends Error {
  override readonly name = "StoreFullError";
}

/** The store cannot be opened; the message is one sentence for the operator that says how to mend it. */
export class StoreOpenError extends Error {
  override readonly name = "StoreOpenError";
}
