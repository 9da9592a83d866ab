import { StoreOpenError } from "./errors.ts";
import { openSqliteStore } from "./sqlite.ts";
import type { Store, StoreOptions } from "./store.ts";

/**
 * Opens the store that `databaseUrl` names and brings its schema up to date.
 *
 * @param databaseUrl `sqlite:./path` (relative to the working directory), `sqlite:/absolute/path`, or
 *   `sqlite::memory:` for one that is gone with the process. A file that does not exist is created, with its folders.
 * @throws StoreOpenError whose message is one sentence that says what to mend; it never holds the URL, in
 *   which there may be a password.
 */
export async function openStore(databaseUrl: string, options: StoreOptions): Promise<Store> {
  const scheme = /^([a-z]+):/i.exec(databaseUrl)?.[1]?.toLowerCase();
  if (scheme === "postgres" || scheme === "postgresql") {
    throw new StoreOpenError("PostgreSQL is not supported yet: write DATABASE_URL as sqlite:./path/to/file.");
  }
  const path = /^sqlite:(?:\/\/(?=\/))?(.+)$/is.exec(databaseUrl)?.[1];
  if (path === undefined || path.startsWith("//")) {
    throw new StoreOpenError(
      "DATABASE_URL names no database: write sqlite:./path, sqlite:/absolute/path or sqlite::memory:.",
    );
  }
  return openSqliteStore(path, options);
}
