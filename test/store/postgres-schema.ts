import { afterAll, onTestFinished } from "vitest";
import { createDatabase, execute, type PostgresDatabase } from "../support/postgres.ts";

let database: Promise<PostgresDatabase> | undefined;
let schemas = 0;

afterAll(async () => (await database)?.drop());

/** An empty schema in this test file's database: a database for each test would take most of the time. */
export async function createSchema(): Promise<{ url: string; drop(): Promise<void> }> {
  database ??= createDatabase();
  const { url } = await database;
  schemas += 1;
  const schema = `test_${schemas}`;
  await execute(url, `CREATE SCHEMA ${schema}`);
  return {
    url: `${url}?search_path=${schema}`,
    async drop() {
      await execute(url, `DROP SCHEMA ${schema} CASCADE`);
    },
  };
}

/** One that is gone when the test is finished; gives its URL. */
export async function temporarySchema(): Promise<string> {
  const { url, drop } = await createSchema();
  onTestFinished(drop);
  return url;
}
