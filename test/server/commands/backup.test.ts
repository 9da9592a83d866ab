import { randomBytes } from "node:crypto";
import { chmod, copyFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, test } from "vitest";
import { backupSqlite } from "../../../server/maintenance/backup.ts";
import { restoreSqlite } from "../../../server/maintenance/restore.ts";
import { migrateDatabase } from "../../../server/store/open.ts";
import { runToEnd } from "../../support/command.ts";
import { newDatabaseUrl } from "../../support/database.ts";
import { imported, importedAnew } from "../../support/imported.ts";
import { startServerIn } from "../../support/server.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const pathOf = (url: string) => url.slice("sqlite:".length);

async function backedUp() {
  const env = await imported();
  const path = join(await temporaryFolder(), "backup.sqlite");
  expect(await runToEnd(["backup", path], env)).toMatchObject({ code: 0, stderr: "" });
  return { env, path };
}

async function exported(env: Readonly<Record<string, string>>): Promise<string> {
  return (await runToEnd(["export", "--with-secrets"], env)).stdout;
}

/** One for all tests that spoil copies of it. */
const wholeBackup = (async () => {
  const folder = await mkdtemp(join(tmpdir(), "backup-"));
  const [source, path] = [join(folder, "source.sqlite"), join(folder, "backup.sqlite")];
  await migrateDatabase(`sqlite:${source}`);
  await backupSqlite(source, path);
  for (const name of await readdir(folder)) if (name.startsWith("source")) await rm(join(folder, name));
  return { folder, path };
})();
afterAll(async () => rm((await wholeBackup).folder, { recursive: true }));

describe("backup", () => {
  test("never writes over a file, and leaves nothing behind where it cannot finish", async () => {
    const { env, path } = await backedUp();
    const before = await readFile(path);
    expect(await runToEnd(["backup", path], env)).toMatchObject({
      code: 1,
      stderr: `${path} exists already: name a new file.\n`,
    });
    expect(await readFile(path)).toEqual(before);
    expect(await readdir(dirname(path))).toEqual(["backup.sqlite"]);
  });

  test("needs a database that a server has written", async () => {
    const url = await newDatabaseUrl();
    const target = join(await temporaryFolder(), "backup.sqlite");
    const missing = await runToEnd(["backup", target], { DATABASE_URL: url });
    expect(missing.stderr).toBe(`${pathOf(url)} does not exist: name the database of a server.\n`);
    await writeFile(pathOf(url), "");
    const empty = await runToEnd(["backup", target], { DATABASE_URL: url });
    expect(empty.stderr).toBe(`${pathOf(url)} holds nothing yet: name the database of a server.\n`);
    expect(await readdir(dirname(target))).toEqual([]);
  });

  test("refuses to copy what is damaged", async () => {
    const { DATABASE_URL } = await imported();
    await damage(pathOf(DATABASE_URL));
    const target = join(await temporaryFolder(), "backup.sqlite");
    const { code, stderr } = await runToEnd(["backup", target], { DATABASE_URL });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/is damaged.*\.\n$/) });
    expect(await readdir(dirname(target))).toEqual([]);
  });
});

describe("restore", () => {
  test("gives back what was backed up, and keeps what was there", async () => {
    const { env, path } = await backedUp();
    const whole = await exported(env);
    const other = { ...env, DATABASE_URL: (await importedAnew()).DATABASE_URL };
    const { code, stdout } = await runToEnd(["restore", path], other);
    expect(code).toBe(0);
    const [, aside = ""] = /^What was there is in (.*): delete it/m.exec(stdout) ?? [];
    expect(await exported(other)).toBe(whole);
    expect((await stat(pathOf(other.DATABASE_URL))).mode & 0o777).toBe(0o600);
    expect((await runToEnd(["export"], { ...env, DATABASE_URL: `sqlite:${aside}` })).code).toBe(0);
  });

  test("refuses while a server has the database, and changes nothing", async () => {
    const { env, path } = await backedUp();
    const folder = await temporaryFolder();
    const server = await startServerIn(folder, { ENCRYPTION_KEYS: env.ENCRYPTION_KEYS });
    const [name = ""] = (await readdir(folder)).filter((each) => each.endsWith(".sqlite"));
    const file = join(folder, name);
    const names = await readdir(folder);
    const refused = await runToEnd(["restore", path], { DATABASE_URL: `sqlite:${file}` });
    expect(refused).toEqual({
      code: 1,
      stdout: "",
      stderr: `${file} is in use by another process: stop the server, then restore again.\n`,
    });
    expect(await readdir(folder)).toEqual(names);
    expect((await server.call("/users?per_page=1")).status).toBe(200);
    await server.close();
  });

  test("replaces a database that is damaged, its log of writes aside", async () => {
    const { env, path } = await backedUp();
    const whole = await exported(env);
    const broken = pathOf(await newDatabaseUrl());
    await writeFile(broken, randomBytes(8_192));
    await writeFile(`${broken}-wal`, "of another database");
    const other = { ...env, DATABASE_URL: `sqlite:${broken}` };
    expect(await runToEnd(["restore", path], other)).toMatchObject({ code: 0, stderr: "" });
    expect(await exported(other)).toBe(whole);
  });

  test.each([
    ["what is no database", (path: string) => writeFile(path, randomBytes(8_192)), /no SQLite database/],
    ["what is damaged", damage, /is damaged/],
    [
      "half a file",
      async (path: string) => writeFile(path, (await readFile(path)).subarray(0, 20_000)),
      /is damaged/,
    ],
    ["an empty file", (path: string) => writeFile(path, ""), /holds nothing: name a backup/],
    ["what others can read", (path: string) => chmod(path, 0o644), /Other users .* can read the backup/],
    ["a database in use", (path: string) => copyFile(path, `${path}-wal`), /in use rather than a backup/],
    ["a newer schema", (path: string) => change(path, "PRAGMA user_version = 999"), /newer version/],
    [
      "another application's",
      (path: string) => change(path, "PRAGMA application_id = 1"),
      /another application/,
    ],
  ])("refuses %s, and leaves the database as it is", async (_what, spoil, sentence) => {
    const { path: whole, folder } = await wholeBackup;
    const path = join(await temporaryFolder(), "backup.sqlite");
    await copyFile(whole, path);
    await spoil(path);
    const database = join(folder, "database.sqlite");
    await writeFile(database, "what is there");
    const refusal: Error = await restoreSqlite(path, database).then(
      () => expect.unreachable(),
      (error) => error,
    );
    expect(refusal.message).toMatch(sentence);
    expect(refusal.message).toMatch(/^[^\n]*\.$/);
    expect(refusal.message).not.toContain(folder);
    expect((await readdir(folder)).toSorted()).toEqual(["backup.sqlite", "database.sqlite"]);
    expect(await readFile(database, "utf8")).toBe("what is there");
  });
});

test.each(["backup", "restore"])("%s tells in one sentence what to do on PostgreSQL", async (command) => {
  const env = { DATABASE_URL: "postgres://ada:hunter2@127.0.0.1:1/db" };
  const { code, stderr } = await runToEnd([command, "file"], env);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^PostgreSQL is (backed up|restored) by its own tools: run pg_\w+ [^\n]*\.\n$/);
});

async function change(path: string, sql: string): Promise<void> {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

/** Overwrites a page that is none of the first ones, as a failing disk does. */
async function damage(path: string): Promise<void> {
  const database = new DatabaseSync(path);
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  const page = Number(
    database.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'authentication_methods'").get()
      ?.rootpage,
  );
  const size = Number(database.prepare("PRAGMA page_size").get()?.page_size);
  database.close();
  const bytes = await readFile(path);
  bytes.fill(0xa5, (page - 1) * size, page * size);
  await writeFile(path, bytes);
}
