import { once } from "node:events";
import { access, readdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { backupSqlite } from "../../../server/maintenance/backup.ts";
import { copyRecords, isSame } from "../../../server/maintenance/copy.ts";
import { restoreSqlite } from "../../../server/maintenance/restore.ts";
import { rotateKeys } from "../../../server/maintenance/rotate.ts";
import { SecretCipher } from "../../../server/secrets/cipher.ts";
import { parseEncryptionKeys } from "../../../server/secrets/encryption-keys.ts";
import { openTables } from "../../../server/store/open.ts";
import { runMain, runToEnd } from "../../support/command.ts";
import { newDatabaseUrl, newKey, oldKey, openDatabase } from "../../support/database.ts";
import { text } from "../../support/imported.ts";
import { totp, user } from "../store/records.ts";

const reason = new Error("stopped");

/** A database of three pages of users. */
async function threePages() {
  const env = { DATABASE_URL: await newDatabaseUrl(), ENCRYPTION_KEYS: oldKey };
  const database = await openDatabase(env.DATABASE_URL);
  await database.maintenance.putUsers(Array.from({ length: 3_000 }, () => user()));
  return { env, ...database };
}

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("an import that waits for more ends on %s, and tells how far it came", async (signal, code) => {
  const env = { DATABASE_URL: await newDatabaseUrl(), ENCRYPTION_KEYS: oldKey };
  const child = runMain(["import", "-"], env);
  let stderr = "";
  child.stderr?.on("data", (data) => {
    // All lines of the text are done when the bad one behind them is told.
    if (stderr === "") child.kill(signal);
    stderr += data;
  });
  child.stdin?.write(`${text}no JSON\n`);
  expect(await once(child, "close")).toEqual([code, null]);
  expect(stderr).toBe(
    "line 4: The line is not well-formed JSON\n" +
      "Stopped after line 4. Created 1 users and 2 authentication methods; 0 lines were there already, 1 were bad. Run it again: what is there already is left alone.\n",
  );
  expect((await runToEnd(["count"], env)).stdout).toBe("1 users, 2 authentication methods\n");
});

test("an export ends on SIGINT, and tells that it is not whole", async () => {
  const { env } = await threePages();
  const child = runMain(["export", "-"], env);
  let [stdout, stderr] = ["", ""];
  child.stderr?.on("data", (data) => {
    stderr += data;
  });
  child.stdout?.on("data", (data) => {
    // It cannot have written the rest: that is more than the pipe holds.
    if (stdout === "") child.kill("SIGINT");
    stdout += data;
  });
  expect(await once(child, "close")).toEqual([130, null]);
  expect(stderr).toMatch(
    /^Stopped after [12]000 users and 0 authentication methods: what was written is not whole\. Run it again, from the beginning\.\n$/,
  );
});

test("a rotation of keys ends between two pages, and goes on from there", async () => {
  const { maintenance, cipher, now } = await threePages();
  await maintenance.putMethods(
    Array.from({ length: 2_500 }, () => {
      const record = totp(user().id);
      const { userId, id } = record;
      return { ...record, encryptedSecret: cipher.encrypt("secret", { userId, methodId: id }) };
    }),
  );
  const both = new SecretCipher(parseEncryptionKeys(`${newKey},${oldKey}`));
  const controller = new AbortController();
  const told: [number, number][] = [];
  const onProgress = (...progress: [done: number, total: number]) => {
    told.push(progress);
    if (progress[0] > 1_000) controller.abort(reason);
  };
  const { signal } = controller;
  await expect(rotateKeys({ maintenance, cipher: both, now, onProgress, signal })).rejects.toBe(reason);
  const { settings, methods } = await maintenance.counts();
  expect(told.at(-1)).toEqual([1_000 + settings, methods + settings]);
  const { reencrypted, current } = await rotateKeys({ maintenance, cipher: both, now });
  expect({ reencrypted, current }).toEqual({ reencrypted: 1_500, current: 1_000 + settings });
});

test("a copy ends between two pages, and goes on from there", async () => {
  const { maintenance: from, now } = await threePages();
  const to = await openTables(await newDatabaseUrl(), "create");
  onTestFinished(() => to.close());
  const controller = new AbortController();
  const { signal } = controller;
  const onCopied = () => controller.abort(reason);
  await expect(copyRecords({ from, to, now, onCopied, signal })).rejects.toBe(reason);
  expect((await to.counts()).users).toBe(1_000);
  expect((await copyRecords({ from, to, now })).every(isSame)).toBe(true);
});

test("a backup leaves no half file behind, and a restore all as it was", async () => {
  const { env } = await threePages();
  const path = env.DATABASE_URL.slice("sqlite:".length);
  const signal = AbortSignal.abort(reason);
  const target = `${path}.backup`;
  await expect(backupSqlite(path, target, undefined, signal)).rejects.toBe(reason);
  await expect(access(target)).rejects.toThrow("ENOENT");

  await backupSqlite(path, target);
  const before = await stat(path);
  await expect(restoreSqlite(target, path, signal)).rejects.toBe(reason);
  expect((await stat(path)).ino).toBe(before.ino);
  expect((await readdir(dirname(path))).sort()).toEqual(
    ["test.sqlite", "test.sqlite-shm", "test.sqlite-wal", "test.sqlite.backup"].sort(),
  );
});
