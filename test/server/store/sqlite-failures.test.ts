import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, onTestFinished, test } from "vitest";
import { SecretCipher } from "../../../server/secrets/cipher.ts";
import { parseEncryptionKeys } from "../../../server/secrets/encryption-keys.ts";
import { openFingerprint } from "../../../server/secrets/fingerprint.ts";
import { DatabaseStore } from "../../../server/store/database-store.ts";
import { StoreFullError, StoreUnavailableError } from "../../../server/store/errors.ts";
import { connect } from "../../../server/store/sqlite/connection.ts";
import { SqliteEngine } from "../../../server/store/sqlite/engine.ts";
import { Transaction } from "../../../server/store/sqlite/transaction.ts";
import { WriteQueue } from "../../../server/store/sqlite/writes.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { acceptUnknownUsers, actor, phone, totp } from "./records.ts";

async function newStore() {
  const path = join(await temporaryFolder(), "test.sqlite");
  const database = connect(path);
  const store = await DatabaseStore.open(new SqliteEngine(database, acceptUnknownUsers), acceptUnknownUsers);
  onTestFinished(() => store.close());
  return { path, database, store };
}

const pragma = (database: DatabaseSync, name: string) =>
  Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
const large = (userId: string) => phone(userId, undefined, { attributes: { name: "x".repeat(100_000) } });

describe("a commit", () => {
  test("is on the disk before it is answered", async () => {
    const { database } = await newStore();
    const FULL = 2;
    expect(pragma(database, "synchronous")).toBe(FULL);
    expect(database.prepare("PRAGMA journal_mode").get()).toEqual({ journal_mode: "wal" });
  });

  test("carries all writes of one event-loop turn", async () => {
    const { database, store } = await newStore();
    const observer = new DatabaseSync(database.location() ?? "");
    onTestFinished(() => observer.close());
    const before = pragma(observer, "data_version");
    const seen = await Promise.all(
      Array.from({ length: 30 }, async (_, index) => {
        await store.createMethod(phone(`auth0|${index}`), actor);
        return pragma(observer, "data_version");
      }),
    );
    expect(new Set(seen)).toEqual(new Set([before + 1]));
  });
});

describe("a full database", () => {
  test("refuses writes, serves reads, and recovers by itself when there is room", async () => {
    const { database, store } = await newStore();
    const kept = phone("auth0|1");
    await store.createMethod(kept, actor);
    database.exec(`PRAGMA max_page_count = ${pragma(database, "page_count")}`);

    await expect(store.createMethod(large("auth0|2"), actor)).rejects.toThrow(StoreFullError);
    expect(await store.getMethod(kept.userId, kept.id)).toEqual({ outcome: "found", method: kept });
    await expect(store.ping()).resolves.toBeUndefined();

    database.exec("PRAGMA max_page_count = 1000000");
    expect(await store.createMethod(large("auth0|2"), actor)).toEqual({ outcome: "created" });
  });

  test("takes the writes of the same turn for which there is room", async () => {
    const { database, store } = await newStore();
    const removed = phone("auth0|1");
    await store.createMethod(removed, actor);
    database.exec(`PRAGMA max_page_count = ${pragma(database, "page_count")}`);

    const small = phone("auth0|3");
    const results = await Promise.allSettled([
      store.createMethod(large("auth0|2"), actor),
      store.deleteMethod(removed.userId, removed.id, actor),
      store.createMethod(large("auth0|2"), actor),
      store.createMethod(small, actor),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "rejected", "fulfilled"]);
    expect(await store.getMethod(removed.userId, removed.id)).toEqual({ outcome: "unknown-method" });
    expect(await store.getMethod(small.userId, small.id)).toEqual({ outcome: "found", method: small });
    expect(await store.listMethods("auth0|2", { offset: 0, limit: 50 })).toMatchObject({ total: 0 });
  });
});

describe("a database that another process has locked", () => {
  async function lock(path: string): Promise<DatabaseSync> {
    const other = new DatabaseSync(path);
    onTestFinished(() => other.close());
    other.exec("BEGIN IMMEDIATE");
    return other;
  }

  test("serves reads, and writes once the lock is gone", async () => {
    const { path, store } = await newStore();
    const first = phone("auth0|1");
    await store.createMethod(first, actor);
    const other = await lock(path);
    const writes = [store.createMethod(phone("auth0|2"), actor), store.createMethod(phone("auth0|3"), actor)];
    let isSettled = false;
    const settled = Promise.all(writes).finally(() => {
      isSettled = true;
    });
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(await store.getMethod(first.userId, first.id)).toEqual({ outcome: "found", method: first });
    expect(isSettled).toBe(false);
    other.exec("ROLLBACK");
    expect(await settled).toEqual([{ outcome: "created" }, { outcome: "created" }]);
  });

  test("refuses writes that have waited too long, and takes the next", async () => {
    const { path, database } = await newStore();
    const writes = new WriteQueue(new Transaction(database), undefined, undefined, 0);
    const other = await lock(path);
    await expect(writes.enqueue(() => "done")).rejects.toThrow(StoreUnavailableError);
    other.exec("ROLLBACK");
    expect(await writes.enqueue(() => "done")).toBe("done");
  });
});

describe("a commit that fails", () => {
  test("rejects every write of its turn and leaves nothing of them", async () => {
    const { database } = await newStore();
    database.exec("CREATE TABLE parent (id INTEGER PRIMARY KEY)");
    database.exec("CREATE TABLE child (id INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED)");
    const writes = new WriteQueue(new Transaction(database));
    const results = await Promise.allSettled([
      writes.enqueue(() => database.exec("INSERT INTO parent VALUES (1)")),
      writes.enqueue(() => database.exec("INSERT INTO child VALUES (2)")),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(database.prepare("SELECT id FROM parent").all()).toEqual([]);
    await writes.enqueue(() => database.exec("INSERT INTO parent VALUES (3)"));
    expect(database.prepare("SELECT id FROM parent").all()).toEqual([{ id: 3 }]);
  });
});

describe("a totp secret", () => {
  test("is in no file of the store", async () => {
    const { path, store } = await newStore();
    const cipher = new SecretCipher(parseEncryptionKeys(`a:${Buffer.alloc(32, 7).toString("base64")}`));
    const fingerprint = await openFingerprint(store, cipher);
    const secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
    const method = totp("auth0|1", fingerprint("auth0|1", secret));
    const binding = { userId: method.userId, methodId: method.id };
    await store.createMethod({ ...method, encryptedSecret: cipher.encrypt(secret, binding) }, actor);
    const read = await store.getMethod("auth0|1", method.id);
    if (read.outcome !== "found") throw new Error(read.outcome);
    expect(cipher.decrypt(read.method.encryptedSecret ?? "", binding)).toBe(secret);

    const whileOpen = await Promise.all([path, `${path}-wal`, `${path}-shm`].map((file) => readFile(file)));
    await store.close();
    for (const bytes of [Buffer.concat(whileOpen), await readFile(path)]) {
      expect(bytes.includes(method.id)).toBe(true);
      for (const form of [secret, secret.toLowerCase(), Buffer.from("48656c6c6f21deadbeef", "hex")]) {
        expect(bytes.includes(form)).toBe(false);
      }
    }
  });
});
