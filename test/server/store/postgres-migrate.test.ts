import { describe, expect, test } from "vitest";
import { StoreOpenError } from "../../../server/store/errors.ts";
import { migratePostgres } from "../../../server/store/postgres/migrate.ts";
import { migrations } from "../../../server/store/postgres/migrations/migrations.ts";
import { execute } from "../../support/postgres.ts";
import { temporarySchema } from "../../support/postgres-schema.ts";

const first = { version: 1, sql: "CREATE TABLE one (id int)" };
const second = { version: 2, sql: "CREATE TABLE two (id int); INSERT INTO two VALUES (2)" };

async function tables(url: string): Promise<readonly string[]> {
  const rows = await execute(
    url,
    "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename",
  );
  return rows.map((row) => row.tablename);
}

describe("migratePostgres", () => {
  test("numbers the migrations from 1 without a gap", () => {
    expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, index) => index + 1));
  });

  test("runs each migration once, in order, over several starts, and tells what has changed", async () => {
    const url = await temporarySchema();
    expect(await migratePostgres(url, { migrations: [first] })).toEqual({ from: 0, to: 1 });
    expect(await migratePostgres(url, { migrations: [first, second] })).toEqual({ from: 1, to: 2 });
    expect(await migratePostgres(url, { migrations: [first, second] })).toEqual({ from: 2, to: 2 });
    expect(await tables(url)).toEqual(["one", "schema_migrations", "two"]);
    expect(await execute(url, "SELECT id FROM two")).toEqual([{ id: 2 }]);
  });

  test("runs each migration once when several servers start at once", async () => {
    const url = await temporarySchema();
    const servers = Array.from({ length: 8 }, () => migratePostgres(url, { migrations: [first, second] }));
    for (const change of await Promise.all(servers)) expect(change.to).toBe(2);
    expect(await execute(url, "SELECT id FROM two")).toEqual([{ id: 2 }]);
  });

  test("leaves nothing of a migration that fails, and all of those before it", async () => {
    const url = await temporarySchema();
    const broken = { version: 2, sql: "CREATE TABLE two (id int); INSERT INTO nowhere VALUES (1)" };
    await expect(migratePostgres(url, { migrations: [first, broken] })).rejects.toThrow(StoreOpenError);
    expect(await tables(url)).toEqual(["one", "schema_migrations"]);
    expect(await migratePostgres(url, { migrations: [first, second] })).toEqual({ from: 1, to: 2 });
  });

  test("refuses a schema that is newer than it knows, and leaves it as it is", async () => {
    const url = await temporarySchema();
    await migratePostgres(url, { migrations: [first, second] });
    await expect(migratePostgres(url, { migrations: [first] })).rejects.toThrow(
      new StoreOpenError(
        "The database in DATABASE_URL was written by a newer version of this server (schema 2, known here: up to 1): start that version, or restore a backup.",
      ),
    );
    expect(await execute(url, "SELECT max(version) FROM schema_migrations")).toEqual([{ max: 2 }]);
  });
});
