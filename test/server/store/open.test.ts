import { chmod, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { StoreOpenError } from "../../../server/store/errors.ts";
import { openStore } from "../../../server/store/open.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { actor, rejectUnknownUsers, user } from "./records.ts";

async function open(databaseUrl: string) {
  const store = await openStore(databaseUrl, rejectUnknownUsers);
  onTestFinished(() => store.close());
  return store;
}

async function refusal(databaseUrl: string): Promise<string> {
  const error: unknown = await open(databaseUrl).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(StoreOpenError);
  return (error as Error).message;
}

describe("openStore", () => {
  test.each(["sqlite:", "sqlite://", "SQLite:"])("opens the absolute path after %s", async (prefix) => {
    const path = join(await temporaryFolder(), "test.sqlite");
    await (await open(prefix + path)).createUser(user(), actor);
    expect((await stat(path)).isFile()).toBe(true);
  });

  test("takes a relative path from the working directory", async () => {
    const folder = await temporaryFolder();
    const cwd = vi.spyOn(process, "cwd").mockReturnValue(folder);
    onTestFinished(() => cwd.mockRestore());
    await open("sqlite:./data/test.sqlite");
    expect((await stat(join(folder, "data", "test.sqlite"))).isFile()).toBe(true);
  });

  test("keeps a database in memory apart from every other", async () => {
    const [one, other] = [await open("sqlite::memory:"), await open("sqlite::memory:")];
    const ada = user();
    await one.createUser(ada, actor);
    expect(await one.getUser(ada.id)).toEqual(ada);
    expect(await other.getUser(ada.id)).toBeUndefined();
  });

  test("creates folder and files so that only their owner can read them", async () => {
    const folder = join(await temporaryFolder(), "a", "b");
    const path = join(folder, "test.sqlite");
    await (await open(`sqlite:${path}`)).createUser(user(), actor);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    for (const file of [path, `${path}-wal`, `${path}-shm`]) {
      expect((await stat(file)).mode & 0o777, file).toBe(0o600);
    }
  });

  test.each(["", "sqlite:", "sqlite://host/path", "data/test.sqlite", "mysql://root:hunter2@localhost/db"])(
    "says what to write instead of %j, without repeating it",
    async (databaseUrl) => {
      expect(await refusal(databaseUrl)).toBe(
        "DATABASE_URL names no database: write sqlite:./path, sqlite:/absolute/path, sqlite::memory: or postgres://<user>@<host>/<database>.",
      );
    },
  );

  test("refuses a file that is no SQLite database, and leaves it as it is", async () => {
    const path = join(await temporaryFolder(), "notes.txt");
    await writeFile(path, "not a database ".repeat(1000));
    expect(await refusal(`sqlite:${path}`)).toBe(
      `${path} is not a SQLite database: name another file in DATABASE_URL.`,
    );
    expect((await stat(path)).size).toBe(15_000);
  });

  test("refuses the database of another application, and leaves it as it is", async () => {
    const path = join(await temporaryFolder(), "other.sqlite");
    const other = new DatabaseSync(path);
    onTestFinished(() => other.close());
    other.exec("CREATE TABLE invoices (id INTEGER)");
    expect(await refusal(`sqlite:${path}`)).toBe(
      `${path} is the database of another application: name another file in DATABASE_URL.`,
    );
    expect(other.prepare("SELECT name FROM sqlite_schema").all()).toEqual([{ name: "invoices" }]);
    expect(other.prepare("PRAGMA journal_mode").get()).toEqual({ journal_mode: "delete" });
  });

  test.each(["", "-wal", "-shm"])("refuses one whose file test.sqlite%s others can read", async (suffix) => {
    const path = join(await temporaryFolder(), "test.sqlite");
    const url = `sqlite:${path}`;
    // Still open, so that all three files are there.
    await (await open(url)).createUser(user(), actor);
    await chmod(path + suffix, 0o644);
    expect(await refusal(url)).toBe(
      `Other users of this machine can read the database in ${path}${suffix} (mode 0644): run chmod 600 on it.`,
    );
  });

  test("refuses a folder", async () => {
    const folder = await temporaryFolder();
    expect(await refusal(`sqlite:${folder}`)).toMatch(
      /cannot be opened for writing \(.*\): name a file that can be written in DATABASE_URL\.$/,
    );
  });

  test("refuses a path below a file", async () => {
    const file = join(await temporaryFolder(), "file");
    await writeFile(file, "");
    expect(await refusal(`sqlite:${join(file, "test.sqlite")}`)).toMatch(
      /\((ENOTDIR|EEXIST).*\): name a file/,
    );
  });

  test.skipIf(process.getuid?.() === 0)("refuses a folder and a file that cannot be written", async () => {
    const folder = join(await temporaryFolder(), "read-only");
    onTestFinished(() => chmod(folder, 0o700));
    const path = join(folder, "test.sqlite");
    await (await openStore(`sqlite:${path}`, rejectUnknownUsers)).close();
    await chmod(path, 0o400);
    expect(await refusal(`sqlite:${path}`)).toMatch(/\(EACCES.*\): name a file that can be written/);
    await chmod(folder, 0o500);
    expect(await refusal(`sqlite:${join(folder, "new.sqlite")}`)).toMatch(/\(EACCES.*\): name a file/);
  });
});
