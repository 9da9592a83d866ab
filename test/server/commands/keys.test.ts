import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runToEnd } from "../../support/command.ts";
import { newDatabaseUrl, newKey, oldKey } from "../../support/database.ts";
import { fileOf, imported, text } from "../../support/imported.ts";
import { totp } from "../../support/methods.ts";
import { startServerIn } from "../../support/server.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { createUser } from "../../support/users.ts";

test("lets the old key be removed", async () => {
  const env = await imported();
  const rotated = await runToEnd(["keys", "rotate"], { ...env, ENCRYPTION_KEYS: `${newKey},${oldKey}` });
  expect(rotated).toEqual({
    code: 0,
    stdout:
      "Re-encrypted 3 secrets under the first key; 0 were under it already.\nAll secrets are under the first key: the other keys can be removed.\n",
    stderr: "",
  });
  const { code, stdout } = await runToEnd(["export", "--with-secrets"], {
    ...env,
    ENCRYPTION_KEYS: newKey,
  });
  expect({ code, stdout }).toEqual({ code: 0, stdout: text });
  const again = await runToEnd(["import", await fileOf(text)], { ...env, ENCRYPTION_KEYS: newKey });
  expect(again.stdout).toMatch(/3 lines were there already, 0 were bad/);
});

test("tells secrets that none of the keys decrypts", async () => {
  const env = { ...(await imported()), ENCRYPTION_KEYS: newKey };
  const { code, stderr } = await runToEnd(["keys", "rotate"], env);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^3 secrets are left that none of the keys decrypts: .*\n$/);
});

test("refuses to work without ENCRYPTION_KEYS", async () => {
  const { code, stderr } = await runToEnd(["keys", "rotate"], { DATABASE_URL: await newDatabaseUrl() });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^ENCRYPTION_KEYS must be set to rotate keys: .*\n$/);
});

test("loses nothing of what a running server is told, which afterwards needs the new key only", async () => {
  const folder = await temporaryFolder();
  const start = (keys: string) => startServerIn(folder, { ENCRYPTION_KEYS: keys });
  const key = { "idempotency-key": "kept-for-a-day" };

  const before = await start(oldKey);
  const methods = await createUser(before);
  const first = await before.call(methods, { body: totp(0), headers: key });
  await before.close();

  const both = await start(`${newKey},${oldKey}`);
  const env = {
    DATABASE_URL: `sqlite:${join(folder, "test.sqlite")}`,
    ENCRYPTION_KEYS: `${newKey},${oldKey}`,
  };
  const [rotated, ...created] = await Promise.all([
    runToEnd(["keys", "rotate"], env),
    ...Array.from({ length: 9 }, (_, number) => both.call(methods, { body: totp(number + 1) })),
  ]);
  expect(rotated.code).toBe(0);
  expect(created.map(({ status }) => status)).toEqual(Array(9).fill(201));
  await both.close();

  const after = await start(newKey);
  expect((await after.call(methods, { body: totp(0), headers: key })).body).toEqual(first.body);
  expect((await after.call(methods, { body: totp(5) })).status).toBe(409);
  await after.close();
  const { code, stdout } = await runToEnd(["export", "--with-secrets"], { ...env, ENCRYPTION_KEYS: newKey });
  expect(code).toBe(0);
  for (let number = 0; number < 10; number += 1) expect(stdout).toContain(totp(number).totp_secret);
});

test("status tells which keys secrets are under, and misses those that are not given", async () => {
  const env = await imported();
  const status = (keys: string) => runToEnd(["keys", "status"], { ...env, ENCRYPTION_KEYS: keys });
  expect(await status(`${newKey},${oldKey}`)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^new: 0 secrets \(encrypts\)\nold: [2-9] secrets \(decrypts only\)\n$/),
  });
  expect(await status(newKey)).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/old: [2-9] secrets \(not in ENCRYPTION_KEYS\)/),
    stderr: "Add old to ENCRYPTION_KEYS: secrets are encrypted under it.\n",
  });
  const file = join(await temporaryFolder(), "keys");
  await writeFile(file, newKey);
  const { ENCRYPTION_KEYS: _inFile, ...others } = env;
  const fromFile = (args: readonly string[]) => runToEnd(args, { ...others, ENCRYPTION_KEYS_FILE: file });
  expect((await fromFile(["keys", "status"])).stderr).toBe(
    "Add old to ENCRYPTION_KEYS_FILE: secrets are encrypted under it.\n",
  );
  expect((await fromFile(["serve"])).stderr).toBe(
    "The secret is encrypted under a key that is not in ENCRYPTION_KEYS_FILE: old.\n",
  );
  expect(await runToEnd(["count"], env)).toMatchObject({
    code: 0,
    stdout: "1 users, 2 authentication methods\n",
  });
});
