import { once } from "node:events";
import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { runMain, runToEnd } from "../../support/command.ts";
import { newDatabaseUrl, newKey, oldKey, openDatabase } from "../../support/database.ts";
import { imported, lines, text } from "../../support/imported.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { user } from "../store/records.ts";

test("writes what another database's import takes, to a file of its owner", async () => {
  const env = await imported();
  const path = join(await temporaryFolder(), "out.jsonl");
  const { code, stdout, stderr } = await runToEnd(["export", path, "--with-secrets"], env);
  expect({ code, stdout, stderr }).toEqual({
    code: 0,
    stdout: "",
    stderr: "Exported 1 users and 2 authentication methods.\n",
  });
  expect(await readFile(path, "utf8")).toBe(text);
  expect((await stat(path)).mode & 0o777).toBe(0o600);

  const again = await runToEnd(["export", path], env);
  expect(again).toMatchObject({ code: 1, stderr: `${path} exists already: name a new file.\n` });
});

test("writes no secret to standard output unless it is told to, and says what it left out", async () => {
  const { code, stdout, stderr } = await runToEnd(["export"], await imported());
  expect(code).toBe(0);
  expect(
    stdout
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line)),
  ).toEqual(lines.slice(0, 2));
  expect(stderr).toBe(
    "Exported 1 users and 1 authentication methods.\nLeft out 1 totp methods, which cannot be imported without their secrets: --with-secrets writes them.\n",
  );
});

test("tells secrets that it cannot decrypt", async () => {
  const env = await imported();
  const { maintenance } = await openDatabase(env.DATABASE_URL);
  const methods = await maintenance.methodsAfter(undefined, 9);
  const secrets = methods.filter(({ encryptedSecret }) => encryptedSecret !== null);
  await maintenance.replaceSecrets(
    secrets.map((key) => ({ key, from: key.encryptedSecret ?? "", to: "header..iv.text.tag" })),
  );
  const { code, stderr } = await runToEnd(["export", "--with-secrets"], env);
  expect(code).toBe(1);
  expect(stderr).toMatch(/Left out 1 totp methods whose secrets none of the keys/);
});

test("ends when nobody reads on", async () => {
  const env = { DATABASE_URL: await newDatabaseUrl(), ENCRYPTION_KEYS: oldKey };
  const { maintenance } = await openDatabase(env.DATABASE_URL);
  await maintenance.putUsers(Array.from({ length: 5_000 }, () => user()));
  const child = runMain(["export"], env);
  let stderr = "";
  child.stderr?.on("data", (data) => {
    stderr += data;
  });
  child.stdout?.once("data", () => child.stdout?.destroy());
  expect(await once(child, "close")).toEqual([0, null]);
  expect(stderr).not.toContain("EPIPE");
});

test("records who did so, and writes nothing where it cannot", async () => {
  const env = await imported();
  await runToEnd(["export"], env);
  const { stdout } = await runToEnd(["audit"], env);
  expect(JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "")).toMatchObject({
    action: "export",
    outcome: "success",
    subject: expect.stringMatching(/ \(export\)$/),
  });
  const other = await runToEnd(["export"], { ...env, ENCRYPTION_KEYS: newKey });
  expect(other).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(/key/) });
});

test("refuses a database that does not exist, and makes none", async () => {
  const url = await newDatabaseUrl();
  const { code, stderr } = await runToEnd(["export"], { DATABASE_URL: url });
  expect(code).toBe(1);
  expect(stderr).toMatch(/test\.sqlite does not exist: name the database of a server\.\n$/);
  await expect(stat(url.slice("sqlite:".length))).rejects.toThrow("ENOENT");
});

test("refuses a file in a folder that does not exist, in one sentence", async () => {
  const env = await imported();
  const path = join(await temporaryFolder(), "missing", "out.jsonl");
  const { code, stderr } = await runToEnd(["export", path], env);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^\S+ cannot be created \(ENOENT.*\): name a file in a folder that can be written\.\n$/,
  );
});

test("makes no key where there is none", async () => {
  const { DATABASE_URL } = await imported();
  const { code, stderr } = await runToEnd(["export", "--with-secrets"], { DATABASE_URL });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^There is no .*development-encryption\.key, .* in ENCRYPTION_KEYS\.\n$/);
  expect(await readdir(dirname(DATABASE_URL.slice("sqlite:".length)))).not.toContain(
    "development-encryption.key",
  );
});
