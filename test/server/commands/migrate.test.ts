import { stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { migrateDatabase } from "../../../server/store/open.ts";
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

  test.each([
    ["SQLite", async () => `sqlite:${join(await temporaryFolder(), "test.sqlite")}`, sqliteMigrations],
    ["PostgreSQL", temporarySchema, postgresMigrations],
  ])("tells what there is to do in %s, and changes nothing", async (_engine, createUrl, migrations) => {
    const env = { DATABASE_URL: await createUrl() };
    const newest = migrations.length;
    const toDo = `The schema is at version 0; migrate, or the start of a server, brings it to version ${newest} (steps to run: ${newest}).\n`;
    const sql = migrations.map((each) => `-- version ${each.version}\n${each.sql.trim()}\n`).join("");
    for (let time = 0; time < 2; time += 1) {
      expect(await runToEnd(["migrate", "--status"], env)).toEqual({ code: 0, stdout: toDo, stderr: "" });
      expect(await runToEnd(["migrate", "--dry-run"], env)).toEqual({ code: 0, stdout: sql, stderr: toDo });
    }
    if (env.DATABASE_URL.startsWith("sqlite:"))
      await expect(stat(env.DATABASE_URL.slice("sqlite:".length))).rejects.toThrow("ENOENT");
    await migrateDatabase(env.DATABASE_URL);
    const done = `The schema is up to date (version ${newest}).\n`;
    expect(await runToEnd(["migrate", "--status"], env)).toEqual({ code: 0, stdout: done, stderr: "" });
    expect(await runToEnd(["migrate", "--dry-run"], env)).toEqual({ code: 0, stdout: "", stderr: done });
  });

  test("answers one question at a time", async () => {
    const { code, stderr } = await runToEnd(["migrate", "--status", "--dry-run"]);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr:
        "--status and --dry-run cannot be given together (see authentication-methods migrate --help).\n",
    });
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
