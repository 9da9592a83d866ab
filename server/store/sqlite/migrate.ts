import type { DatabaseSync } from "node:sqlite";
import { StoreOpenError } from "../errors.ts";
import type { SchemaChange } from "../migration.ts";
import { migrations as allMigrations } from "./migrations/migrations.ts";

/** Marks the file as this application's (`PRAGMA application_id`): the ASCII codes of "amth". */
const applicationId = 0x616d7468;

/**
 * Brings the schema up to date, each migration in a transaction of its own. Safe when several processes
 * start at once: who gets the lock second finds the work done.
 *
 * @throws StoreOpenError where the schema is newer than this server, or another application's.
 */
export function migrate(database: DatabaseSync, migrations = allMigrations): SchemaChange {
  let from: number | undefined;
  for (;;) {
    database.exec("BEGIN IMMEDIATE");
    try {
      const version = schemaVersion(database, migrations);
      const migration = migrations.find((each) => each.version === version + 1);
      from ??= version;
      if (migration) {
        database.exec(migration.sql);
        database.exec(`PRAGMA user_version = ${migration.version}; PRAGMA application_id = ${applicationId}`);
      }
      database.exec("COMMIT");
      if (!migration) return { from, to: version };
    } catch (error) {
      if (database.isTransaction) database.exec("ROLLBACK");
      throw error;
    }
  }
}

/**
 * The version of the schema, which is left as it is; 0 where there is none.
 *
 * @throws StoreOpenError where the schema is newer than this server, or another application's.
 */
export function schemaVersion(database: DatabaseSync, migrations = allMigrations): number {
  const version = pragma(database, "user_version");
  const isEmpty = database.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get() === undefined;
  if (!isEmpty && pragma(database, "application_id") !== applicationId) {
    throw new StoreOpenError(
      `${database.location()} is the database of another application: name another file in DATABASE_URL.`,
    );
  }
  const newest = migrations.at(-1)?.version ?? 0;
  if (version > newest) {
    throw new StoreOpenError(
      `${database.location()} was written by a newer version of this server (schema ${version}, known here: up to ${newest}): start that version, or restore a backup.`,
    );
  }
  return version;
}

function pragma(database: DatabaseSync, name: "user_version" | "application_id"): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
}
