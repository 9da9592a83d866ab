import type { ISql } from "postgres";
import { StoreOpenError } from "../errors.ts";
import {
  type Migration,
  olderSchema,
  pendingAfter,
  type SchemaChange,
  type SchemaStatus,
} from "../migration.ts";
import { openConnections, type Sql } from "./connection.ts";
import { errorCode } from "./errors.ts";
import { migrations as allMigrations } from "./migrations/migrations.ts";
import { noUrl, toOpenError } from "./open-errors.ts";
import { primaryUrl } from "./primary.ts";
import { insistOnUsableServer } from "./usable-server.ts";

/** Held by whoever changes the schema. Locks of one key are apart from those of users, which have a hash of 64 bits. */
const migrationLock = { application: 0x616d7468, schema: 1 };
const oldestSupportedPostgres = 15;
/** SQLSTATE. */
const insufficientPrivilege = "42501";
/** How long a migration waits for a lock on a table, behind which others would have to wait, in milliseconds. */
const lockTimeout = 3_000;

export interface MigrationOptions {
  /** Whether a database that holds nothing of a server, or an older schema, gets this one, or is refused. */
  readonly whenMissing?: "create" | "refuse";
  readonly migrations?: readonly Migration[];
  readonly oldestPostgres?: number;
}

/**
 * Brings the schema up to date, each migration in a transaction of its own. Safe when several servers start at
 * once: who gets the lock second finds the work done.
 *
 * @throws StoreOpenError where the database cannot be reached or used, or its schema is newer than this server.
 */
export async function migratePostgres(
  url: string,
  {
    whenMissing = "create",
    migrations = allMigrations,
    oldestPostgres = oldestSupportedPostgres,
  }: MigrationOptions = {},
): Promise<SchemaChange> {
  return onceConnected(url, oldestPostgres, async (sql) => {
    const from = await schemaVersion(sql, migrations).catch(throwMissingGrant);
    if (from === 0 && whenMissing === "refuse") {
      throw new StoreOpenError(
        "The database in DATABASE_URL holds nothing yet: name the database of a server.",
      );
    }
    if (from < newest(migrations) && whenMissing === "refuse") throw olderSchema(from, newest(migrations));
    let to = from;
    // A server whose schema is up to date needs no permission to change it.
    while (to < newest(migrations)) to = await migrateOnce(sql, migrations);
    return { from, to };
  });
}

/**
 * What `migratePostgres` would do, for which the right to read the schema's version is enough.
 *
 * @throws StoreOpenError
 */
export async function postgresSchemaStatus(
  url: string,
  { migrations = allMigrations }: Pick<MigrationOptions, "migrations"> = {},
): Promise<SchemaStatus> {
  return onceConnected(url, oldestSupportedPostgres, async (sql) => {
    const version = await schemaVersion(sql, migrations).catch(throwMissingGrant);
    return { version, pending: pendingAfter(version, migrations) };
  });
}

async function onceConnected<Result>(
  url: string,
  oldestPostgres: number,
  work: (sql: Sql) => Promise<Result>,
): Promise<Result> {
  const sql = connectOnce(await primaryUrl(url));
  try {
    await insistOnUsableServer(sql, oldestPostgres);
    return await work(sql);
  } catch (error) {
    throw toOpenError(error);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

function connectOnce(url: string): Sql {
  try {
    return openConnections(url, 1);
  } catch {
    throw noUrl;
  }
}

/** The same code tells of rights to change the schema, which are another matter. */
function throwMissingGrant(error: unknown): never {
  if (errorCode(error) !== insufficientPrivilege) throw error;
  throw new StoreOpenError(
    "The user in DATABASE_URL may not read the tables: grant it what docs/postgresql.md lists under Roles.",
    { cause: error },
  );
}

/** 0 where there is none yet. */
async function schemaVersion(sql: ISql, migrations: readonly Migration[]): Promise<number> {
  // to_regclass would remember from before the lock that there is none.
  const [table] = await sql<{ exists: boolean }[]>`
    SELECT EXISTS (
      SELECT FROM pg_class WHERE relname = 'schema_migrations' AND pg_table_is_visible(oid)
    ) AS exists`;
  if (!table?.exists) return 0;
  const [row] = await sql<
    { version: number | null }[]
  >`SELECT max(version) AS version FROM schema_migrations`;
  const version = row?.version ?? 0;
  if (version > newest(migrations)) {
    throw new StoreOpenError(
      `The database in DATABASE_URL was written by a newer version of this server (schema ${version}, known here: up to ${newest(migrations)}): start that version, or restore a backup.`,
    );
  }
  return version;
}

/** The version of the schema afterwards. */
async function migrateOnce(sql: Sql, migrations: readonly Migration[]): Promise<number> {
  return sql.begin("read write", async (transaction) => {
    const { application, schema } = migrationLock;
    await transaction`SELECT set_config('statement_timeout', '0', true)`;
    await transaction`SELECT pg_advisory_xact_lock(${application}::int, ${schema}::int)`;
    const version = await schemaVersion(transaction, migrations);
    const migration = migrations.find((each) => each.version === version + 1);
    if (migration === undefined) return version;
    await transaction`SELECT set_config('lock_timeout', ${String(lockTimeout)}, true)`;
    if (version === 0) {
      await transaction`
        CREATE TABLE IF NOT EXISTS schema_migrations (
          version int NOT NULL PRIMARY KEY,
          applied_at timestamptz NOT NULL DEFAULT now()
        )`;
    }
    await transaction.unsafe(migration.sql);
    await transaction`INSERT INTO schema_migrations (version) VALUES (${migration.version})`;
    return migration.version;
  });
}

function newest(migrations: readonly Migration[]): number {
  return migrations.at(-1)?.version ?? 0;
}
