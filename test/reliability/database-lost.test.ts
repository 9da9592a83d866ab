import { closeSync, openSync, writeSync } from "node:fs";
import { copyFile, rename, rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, onTestFinished, test } from "vitest";
import { runToEnd } from "../support/command.ts";
import { phone } from "../support/methods.ts";
import { startServerIn, type TestServer } from "../support/server.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { createUser } from "../support/users.ts";
import { until } from "./support/until.ts";

/** A server on a SQLite file in a folder of its own. */
async function start(folder: string): Promise<{ server: TestServer; path: string; stop(): Promise<void> }> {
  const path = join(folder, "test.sqlite");
  const server = await startServerIn(folder, { DATABASE_URL: `sqlite:${path}` });
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= server.close();
    return stopped;
  };
  onTestFinished(stop);
  return { server, path, stop };
}

async function isReady({ origin }: TestServer): Promise<boolean> {
  return (await fetch(`${origin}/health/ready`)).status === 200;
}

/** What was logged of the loss, a line each. */
function losses({ log }: TestServer): readonly string[] {
  return log
    .map((line) => JSON.parse(line))
    .filter(({ msg }) => msg === "the store is unavailable")
    .map(({ err }) => err.message);
}

const replace = async (path: string) => {
  await copyFile(path, `${path}.copy`);
  await rename(`${path}.copy`, path);
};

describe("a server says that nothing lasts any more, once its database's", () => {
  test.each<[string, (path: string, folder: string) => Promise<void>, RegExp]>([
    ["file was deleted", (path) => rm(path), /test\.sqlite was deleted or replaced/],
    ["file was replaced", replace, /test\.sqlite was deleted or replaced/],
    ["write-ahead log was deleted", (path) => rm(`${path}-wal`), /-wal was deleted or replaced/],
    ["write-ahead log was replaced", (path) => replace(`${path}-wal`), /-wal was deleted or replaced/],
    ["shared memory was deleted", (path) => rm(`${path}-shm`), /-shm was deleted or replaced/],
    [
      "folder was moved away",
      (_path, folder) => rename(folder, `${folder}-moved`),
      /test\.sqlite was deleted or replaced/,
    ],
  ])("%s", async (_what, fault, cause) => {
    const folder = join(await temporaryFolder(), "data");
    const { server, path, stop } = await start(folder);
    const methods = await createUser(server);
    expect((await server.call(methods, { body: phone() })).status).toBe(201);
    expect(await isReady(server)).toBe(true);

    await fault(path, folder);
    for (let time = 0; time < 3; time += 1) {
      const refused = await server.call(methods, { body: phone(time + 1) });
      expect({ status: refused.status, code: refused.body.errorCode }).toEqual({
        status: 503,
        code: "service_unavailable",
      });
      expect(refused.headers.get("retry-after")).toBe("1");
      // A read tells what was kept, if it answers: it must not make the database look as if it were back.
      expect([200, 503]).toContain((await server.call(methods)).status);
    }
    await until(async () => !(await isReady(server)), 10_000);
    expect(losses(server)).toEqual([expect.stringMatching(cause)]);
    expect(losses(server)[0]).toMatch(
      /stop the server, restore a backup \(docs\/operations\.md\)|stop all processes/,
    );
    await stop();
  });
});

describe("a damaged page", () => {
  /** A database with a method, the pages of whose table are gone. */
  async function damaged(): Promise<string> {
    const folder = join(await temporaryFolder(), "data");
    const { server, path, stop } = await start(folder);
    await server.call(await createUser(server), { body: phone() });
    await stop();
    damage(path, "authentication_methods");
    return folder;
  }

  test("is told when it is read, and from then on nothing is served", async () => {
    const { server } = await start(await damaged());
    const users = await createUser(server, "grace").catch((error: Error) => error.message);
    expect(users).not.toMatch(/500/);
    const methods = "/users/auth0%7Cada/authentication-methods";
    for (const call of [{}, { body: phone() }, {}]) {
      const refused = await server.call(methods, call);
      expect(refused.status).toBe(503);
      expect(refused.headers.get("retry-after")).toBe("1");
    }
    await until(async () => !(await isReady(server)), 10_000);
    expect(losses(server)).toEqual([
      expect.stringMatching(
        /^The database file is damaged: stop the server and restore a backup \(docs\/operations\.md\)\./,
      ),
    ]);
  });

  test("is told by a start that reads it", async () => {
    const folder = await damaged();
    const path = join(folder, "test.sqlite");
    damage(path, "settings");
    const { code, stderr } = await runToEnd(["serve"], { DATABASE_URL: `sqlite:${path}`, PORT: "0" });
    expect(code).toBe(1);
    expect(stderr).toMatch(/is damaged.*restore a backup \(docs\/operations\.md\)\.\n$/);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });

  test("is told by a start on a file that is cut off", async () => {
    const folder = await damaged();
    const path = join(folder, "test.sqlite");
    await truncate(path, 6_000);
    const { code, stderr } = await runToEnd(["serve"], { DATABASE_URL: `sqlite:${path}`, PORT: "0" });
    expect(code).toBe(1);
    expect(stderr).toMatch(/is damaged.*restore a backup \(docs\/operations\.md\)\.\n$/);
  });
});

/** Overwrites every page of a table. */
function damage(path: string, table: string): void {
  const database = new DatabaseSync(path);
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  const size = Number(database.prepare("PRAGMA page_size").get()?.page_size);
  const pages = database.prepare("SELECT pageno FROM dbstat WHERE name = ?").all(table);
  database.close();
  const file = openSync(path, "r+");
  for (const { pageno } of pages)
    writeSync(file, Buffer.alloc(size, 0xff), 0, size, (Number(pageno) - 1) * size);
  closeSync(file);
}
