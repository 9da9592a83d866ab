import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { migrations as postgresMigrations } from "../../../server/store/postgres/migrations/migrations.ts";
import { migrations as sqliteMigrations } from "../../../server/store/sqlite/migrations/migrations.ts";
import { runToEnd } from "../../support/command.ts";
import { temporarySchema } from "../../support/postgres-schema.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

describe("the migrate command", () => {
  test.each([
    ["SQLite", async () => `sqlite:${join(await temporaryFolder(), "test.sqlite")}`, sqliteMigrations],
    ["PostgreSQL", temporarySchema, postgresMigrations],
  ])("brings the schema up to date in %s and says so", async (_engine, createUrl, { length: newest }) => {
    const env = { DATABASE_URL: await createUrl() };
    expect(await runToEnd(["migrate"], env)).toEqual({
      code: 0,
      stdout: `The schema was at version 0 and is now at version ${newest}.\n`,
      stderr: "",
    });
    expect((await runToEnd(["migrate"], env)).stdout).toBe(`The schema is up to date (version ${newest}).\n`);
  });

  test("ends with a sentence and exit code 1 where there is no database", async () => {
    const env = { DATABASE_URL: "postgres://ada:hunter2@127.0.0.1:1/db" };
    expect(await runToEnd(["migrate"], env)).toEqual({
      code: 1,
      stdout: "",
      stderr: "Nothing answers at the host and port in DATABASE_URL: start PostgreSQL, or correct them.\n",
    });
  });
});
