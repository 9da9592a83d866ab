import { StoreOpenError } from "./errors.ts";

/** The database that a URL names. */
export type DatabaseLocation =
  | { readonly engine: "sqlite"; readonly path: string }
  | { readonly engine: "postgres"; readonly url: string };

/**
 * @param databaseUrl `sqlite:./path` (relative to the working directory), `sqlite:/absolute/path`, or
 *   `sqlite::memory:` for one that is gone with the process;
 *   `postgres://<user>:<password>@<host>:<port>/<database>`, with `?sslmode=verify-full` and other parameters.
 * @throws StoreOpenError
 */
export function locateDatabase(databaseUrl: string): DatabaseLocation {
  if (/^postgres(ql)?:\/\//i.test(databaseUrl)) return { engine: "postgres", url: databaseUrl };
  const path = /^sqlite:(?:\/\/(?=\/))?(.+)$/is.exec(databaseUrl)?.[1];
  if (path === undefined || path.startsWith("//")) {
    throw new StoreOpenError(
      "DATABASE_URL names no database: write sqlite:./path, sqlite:/absolute/path, sqlite::memory: or postgres://<user>@<host>/<database>.",
    );
  }
  return { engine: "sqlite", path };
}
