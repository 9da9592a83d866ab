import { afterAll } from "vitest";
import { openMaintenance, openStore } from "../../server/store/open.ts";
import { createDatabase, execute, type PostgresDatabase } from "../support/postgres.ts";
import { describeMaintenance } from "./maintenance-suite.ts";

let database: Promise<PostgresDatabase> | undefined;
let schemas = 0;

afterAll(async () => (await database)?.drop());

describeMaintenance("the maintenance of PostgreSQL", async () => {
  database ??= createDatabase();
  schemas += 1;
  const schema = `test_${schemas}`;
  const url = `${(await database).url}?search_path=${schema}`;
  await execute(url, `CREATE SCHEMA ${schema}`);
  return {
    open: (options) => openStore(url, options),
    maintain: () => openMaintenance(url),
    async remove() {
      await execute(url, `DROP SCHEMA ${schema} CASCADE`);
    },
  };
});
