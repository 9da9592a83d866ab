import { StoreOpenError } from "./errors.ts";
import { openSqliteStore } from "./sqlite.ts";
import type { Store, StoreOptions } from "./store.ts";

/**
 * Opens the store that `databaseUrl` names and brings its schema up to date.
 *
 * @param databaseUrl `sqlite:./path` (relative to the working directory), `sqlite:/absolute/path`, or
 *   `sqlite::memory:` for one that is gone with the process; a file that does not exist is created, with its folders.
 *   `postgres://<user>:<password>@<host>:<port>/<database>`, with `?sslmode=verify-full` and other parameters.
 * @throws StoreOpenError whose message is one sentence that says what to mend; it never holds the URL, in
 *   which there may be a password.
 */
export async function openStore(databaseUrl: string, options: StoreOptions): Promise<Store> {
  const scheme = /^([a-z]+):/i.exec(databaseUrl)?.[1]?.toLowerCase();
  if (scheme === "postgres" || scheme === "postgresql") {
    // Loaded here, so that a server on SQLite starts without it.
    const { openPostgresStore } = await import("./postgres.ts");
    return openPostgresStore(databaseUrl, options);
  }
  const path = /^sqlite:(?:\/\/(?=\/))?(.+)$/is.exec(databaseUrl)?.[1];
  if (path === undefined || path.startsWith("//")) {
    throw new StoreOpenError(
      "DATABASE_URL names no database: write sqlite:./path, sqlite:/absolute/path, sqlite::memory: or postgres://<user>@<host>/<database>.",
    );
  }
  return openSqliteStore(path, options);
}
