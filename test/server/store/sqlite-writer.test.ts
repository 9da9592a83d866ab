import { spawnSync } from "node:child_process";
import { createSecretKey } from "node:crypto";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, onTestFinished, test } from "vitest";
import { StoreDamagedError, StoreFullError, StoreUnavailableError } from "../../../server/store/errors.ts";
import { openStore } from "../../../server/store/open.ts";
import { FileGuard } from "../../../server/store/sqlite/file-guard.ts";
import { toError, toFailure } from "../../../server/store/sqlite/writer/messages.ts";
import { Writer } from "../../../server/store/sqlite/writer/writer.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { acceptUnknownUsers, actor, limits, phone } from "./records.ts";

async function newStore() {
  const path = join(await temporaryFolder(), "test.sqlite");
  const store = await openStore(`sqlite:${path}`, acceptUnknownUsers);
  onTestFinished(() => store.close());
  return { path, store };
}

/** Another connection to the file, as another process has one. */
function connectTo(path: string): DatabaseSync {
  const other = new DatabaseSync(path);
  onTestFinished(() => other.close());
  return other;
}

const page = { offset: 0, limit: 50 };

describe("a read", () => {
  test("waits for no commit that was asked for before it", async () => {
    const { store } = await newStore();
    const kept = phone("auth0|1");
    await store.createMethod(kept, actor);
    const answered: string[] = [];
    await Promise.all([
      store.createMethod(phone("auth0|2"), actor).then(() => answered.push("write")),
      store.listMethods(kept.userId, page).then(() => answered.push("read")),
    ]);
    expect(answered).toEqual(["read", "write"]);
  });

  test("is answered while another process keeps the writes waiting, which are done once it lets them", async () => {
    const { path, store } = await newStore();
    const kept = phone("auth0|1");
    await store.createMethod(kept, actor);
    const other = connectTo(path);
    other.exec("BEGIN IMMEDIATE");
    const answered: string[] = [];
    const write = store.createMethod(phone("auth0|2"), actor).then(({ outcome }) => answered.push(outcome));
    for (let read = 0; read < 20; read += 1)
      answered.push((await store.getMethod(kept.userId, kept.id)).outcome);
    other.exec("ROLLBACK");
    await write;
    expect(answered).toEqual([...Array(20).fill("found"), "created"]);
  });

  test("sees every write that was answered before it began", async () => {
    const { store } = await newStore();
    for (let turn = 0; turn < 50; turn += 1) {
      const method = phone(`auth0|${turn}`);
      await store.createMethod(method, actor);
      expect(await store.getMethod(method.userId, method.id)).toEqual({ outcome: "found", method });
    }
  });

  test("that is recorded is given, and is in the audit trail before it is", async () => {
    const { store } = await newStore();
    const method = phone("auth0|1");
    await store.createMethod(method, actor);
    expect(await store.getMethod(method.userId, method.id, actor)).toEqual({ outcome: "found", method });
    expect(await store.listAuditEvents(method.userId, 1)).toMatchObject([
      { action: "authentication_method.read", methodId: method.id, outcome: "success" },
    ]);
  });
});

describe("the writes of one event-loop turn", () => {
  test("share a commit", async () => {
    const { path, store } = await newStore();
    const observer = connectTo(path);
    const version = () => observer.prepare("PRAGMA data_version").get()?.data_version;
    const before = Number(version());
    const seen = await Promise.all(
      Array.from({ length: 30 }, async (_, index) => {
        await store.createMethod(phone(`auth0|${index}`), actor);
        return version();
      }),
    );
    expect(new Set(seen)).toEqual(new Set([before + 1]));
  });
});

describe("an error of the thread that writes", () => {
  test.each([
    new StoreUnavailableError("The disk fails."),
    new StoreDamagedError("The file is damaged."),
    new StoreFullError("There is no room."),
    new TypeError("A mistake of ours."),
  ])("arrives as what it is: $name, $message", (error) => {
    error.cause = new Error("disk I/O error");
    const received = toError(structuredClone(toFailure(error))) as Error;
    expect(received).toBeInstanceOf(error.constructor);
    expect(received).toMatchObject({ name: error.name, message: error.message, stack: error.stack });
    expect(received.cause).toMatchObject({ message: "disk I/O error" });
  });
});

describe("a thread that has ended", () => {
  test("makes the store unavailable for writes, and says why", async () => {
    const folder = await temporaryFolder();
    const auditKey = createSecretKey(Buffer.alloc(32, 3));
    const writer = new Writer(
      { path: folder, rules: { unknownUsers: "accept", limits }, auditKey },
      new FileGuard(null),
    );
    const asked = [writer.call("ping", []), writer.call("deleteUser", ["auth0|1", actor])];
    for (const { reason } of (await Promise.allSettled(asked)) as PromiseRejectedResult[]) {
      expect(reason).toBeInstanceOf(StoreUnavailableError);
      expect(reason.message).toMatch(/thread that writes to the database has ended: restart the server/);
      expect(reason.cause.message).toMatch(/cannot be opened for writing/);
    }
    await expect(writer.call("ping", [])).rejects.toThrow(StoreUnavailableError);
    await writer.close();
  });
});

describe("a process", () => {
  const run = (script: string) =>
    spawnSync(process.execPath, ["--input-type=module-typescript", "--eval", script], {
      cwd: join(import.meta.dirname, "../../.."),
      encoding: "utf8",
    });

  test("is kept alive by a write until it is done, and by an open store no longer", async () => {
    const url = `sqlite:${join(await temporaryFolder(), "test.sqlite")}`;
    const { status, stdout, stderr } = run(`
      import { openStore } from "./server/store/open.ts";
      import { acceptUnknownUsers, actor, phone } from "./test/server/store/records.ts";
      const store = await openStore(${JSON.stringify(url)}, acceptUnknownUsers);
      store.createMethod(phone("auth0|1"), actor).then(({ outcome }) => console.log(outcome));
    `);
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "created\n", stderr: "" });
  });
});
