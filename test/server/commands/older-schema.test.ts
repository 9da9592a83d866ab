import { chmod } from "node:fs/promises";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import type { SchemaChange } from "../../../server/store/migration.ts";
import { openTables } from "../../../server/store/open.ts";
import { migratePostgres } from "../../../server/store/postgres/migrate.ts";
import { migrations as postgresMigrations } from "../../../server/store/postgres/migrations/migrations.ts";
import { migrate } from "../../../server/store/sqlite/migrate.ts";
import { migrations as sqliteMigrations } from "../../../server/store/sqlite/migrations/migrations.ts";
import { runMain, runToEnd } from "../../support/command.ts";
import { newDatabaseUrl, oldKey, openDatabase } from "../../support/database.ts";
import { temporarySchema } from "../../support/postgres-schema.ts";

const sentence = (newest: number) =>
  `The schema of the database in DATABASE_URL is at version 1, and this command needs ${newest}: run migrate, or start a server of this version.`;

/** A SQLite database as the first version of the server made it. */
async function olderDatabase(): Promise<{ url: string; path: string }> {
  const url = await newDatabaseUrl();
  const path = url.slice("sqlite:".length);
  const older = new DatabaseSync(path);
  migrate(older, sqliteMigrations.slice(0, 1));
  older.close();
  await chmod(path, 0o600);
  return { url, path };
}

test("commands that read refuse an older schema and change nothing", async () => {
  const { url, path } = await olderDatabase();
  const env = { DATABASE_URL: url, ENCRYPTION_KEYS: oldKey };
  const refused = { code: 1, stdout: "", stderr: `${sentence(sqliteMigrations.length)}\n` };
  for (const args of [["export"], ["keys", "status"], ["count"]])
    expect(await runToEnd(args, env)).toEqual(refused);
  const copied = await runToEnd(["copy", "--from", url, "--to", await newDatabaseUrl()]);
  expect(copied).toEqual({ ...refused, stderr: refused.stderr.replace("DATABASE_URL", "--from") });
  const after = new DatabaseSync(path, { readOnly: true });
  expect(after.prepare("PRAGMA user_version").get()).toEqual({ user_version: 1 });
  after.close();
});

test("a server brings it up to date and logs that it did, once", async () => {
  const { url } = await olderDatabase();
  const sentence = `the schema of the database was at version 1 and is now at version ${sqliteMigrations.length}`;
  for (const logged of [[sentence], []]) {
    const server = runMain(["serve"], { DATABASE_URL: url, PORT: "0" });
    const messages: string[] = [];
    for await (const line of createInterface(server.stdout as NodeJS.ReadableStream)) {
      messages.push(JSON.parse(line).msg);
      if (/^Listening/.test(messages.at(-1) ?? "")) server.kill("SIGTERM");
    }
    expect(messages.filter((message) => message.includes("schema"))).toEqual(logged);
  }
});

test("so it is on PostgreSQL", async () => {
  const url = await temporarySchema();
  await migratePostgres(url, { migrations: postgresMigrations.slice(0, 1) });
  const changes: SchemaChange[] = [];
  await openDatabase(url, { onMigrated: (change) => changes.push(change) });
  await openDatabase(url, { onMigrated: (change) => changes.push(change) });
  expect(changes).toEqual([{ from: 1, to: postgresMigrations.length }]);
});

test("so do commands that read on PostgreSQL", async () => {
  const url = await temporarySchema();
  await migratePostgres(url, { migrations: postgresMigrations.slice(0, 1) });
  await expect(openTables(url)).rejects.toThrow(sentence(postgresMigrations.length));
});
