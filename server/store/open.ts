import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { DatabaseStore } from "./database-store.ts";
import { locateDatabase } from "./database-url.ts";
import { StoreOpenError } from "./errors.ts";
import type { SchemaChange, SchemaStatus } from "./migration.ts";
import {
  connect,
  insistOnCurrentSchema,
  migrateSqliteFile,
  sqliteSchemaStatus,
} from "./sqlite/connection.ts";
import { openSqlite } from "./sqlite/open.ts";
import { SqliteTables } from "./sqlite/tables.ts";
import type { Store, StoreOptions } from "./store.ts";
import type { Tables } from "./tables.ts";

/**
 * Opens the store that `databaseUrl` names, see `locateDatabase`, and brings its schema up to date. A SQLite file
 * that does not exist is created, with its folders.
 *
 * @throws StoreOpenError whose message is one sentence that says what to mend; it never holds the URL, in
 *   which there may be a password.
 */
export async function openStore(databaseUrl: string, options: StoreOptions): Promise<Store> {
  const location = locateDatabase(databaseUrl);
  if (location.engine === "sqlite") return openSqlite(location.path, options);
  // Loaded here, so that a server on SQLite starts without it.
  const { openPostgres } = await import("./postgres/engine.ts");
  return DatabaseStore.open(await openPostgres(location.url, options), options);
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

/**
 * What `migrateDatabase` would do, without doing it; a file that does not exist is not created.
 *
 * @throws StoreOpenError
 */
export async function schemaStatus(databaseUrl: string): Promise<SchemaStatus> {
  const location = locateDatabase(databaseUrl);
  if (location.engine === "sqlite") return sqliteSchemaStatus(location.path);
  const { postgresSchemaStatus } = await import("./postgres/migrate.ts");
  return postgresSchemaStatus(location.url);
}

/**
 * Opens the tables of what there is at `databaseUrl`.
 *
 * @param whenMissing whether what does not exist yet is created, and an older schema brought up to date, or refused
 * @throws StoreOpenError as `openStore` does
 */
export async function openTables(
  databaseUrl: string,
  whenMissing: "create" | "refuse" = "refuse",
): Promise<Tables> {
  const location = locateDatabase(databaseUrl);
  if (location.engine !== "sqlite") {
    const { openPostgresTables } = await import("./postgres/tables/tables.ts");
    return openPostgresTables(location.url, whenMissing);
  }
  const { path } = location;
  if (whenMissing === "refuse" && !existsSync(path)) {
    throw new StoreOpenError(`${resolve(path)} does not exist: name the database of a server.`);
  }
  if (whenMissing === "refuse") insistOnCurrentSchema(path);
  return new SqliteTables(connect(path));
}
