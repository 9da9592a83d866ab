import { locateDatabase } from "./database-url.ts";
import type { SchemaChange } from "./migrations/migration.ts";
import { migrateSqliteFile } from "./sqlite/connect.ts";
import { openSqliteStore } from "./sqlite.ts";
import type { Store, StoreOptions } from "./store.ts";

/**
 * Opens the store that `databaseUrl` names, see `locateDatabase`, and brings its schema up to date. A SQLite file
 * that does not exist is created, with its folders.
 *
 * @throws StoreOpenError whose message is one sentence that says what to mend; it never holds the URL, in
 *   which there may be a password.
 */
export async function openStore(databaseUrl: string, options: StoreOptions): Promise<Store> {
  const location = locateDatabase(databaseUrl);
  if (location.engine === "sqlite") return openSqliteStore(location.path, options);
  // Loaded here, so that a server on SQLite starts without it.
  const { openPostgresStore } = await import("./postgres.ts");
  return openPostgresStore(location.url, options);
}

/**
 * Brings the schema of the database that `databaseUrl` names up to date, as `openStore` does.
 *
 * @throws StoreOpenError
 */
export async function migrateDatabase(databaseUrl: string): Promise<SchemaChange> {
  const location = locateDatabase(databaseUrl);
  if (location.engine === "sqlite") return migrateSqliteFile(location.path);
  const { migratePostgres } = await import("./postgres/migrate.ts");
  return migratePostgres(location.url);
}
