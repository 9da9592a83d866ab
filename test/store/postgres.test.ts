import { afterAll } from "vitest";
import { openStore } from "../../server/store/open.ts";
import { createDatabase, execute, type PostgresDatabase } from "../support/postgres.ts";
import { describeStore } from "./suite.ts";

let database: Promise<PostgresDatabase> | undefined;
let schemas = 0;

afterAll(async () => (await database)?.drop());

// A schema for each test: a database for each would take most of the time.
describeStore("the store in PostgreSQL", async () => {
  database ??= createDatabase();
  const { url } = await database;
  schemas += 1;
  const schema = `test_${schemas}`;
  await execute(url, `CREATE SCHEMA ${schema}`);
  return {
    open: (options) => openStore(`${url}?search_path=${schema}`, options),
    remove: () => execute(url, `DROP SCHEMA ${schema} CASCADE`),
  };
});
