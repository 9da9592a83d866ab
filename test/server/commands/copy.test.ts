import { once } from "node:events";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { openTables } from "../../../server/store/open.ts";
import { runMain, runToEnd } from "../../support/command.ts";
import { newDatabaseUrl, oldKey, openDatabase } from "../../support/database.ts";
import { imported, importedAnew } from "../../support/imported.ts";
import { passkey, totp } from "../../support/methods.ts";
import { temporarySchema } from "../../support/postgres-schema.ts";
import { startServer } from "../../support/server.ts";
import { createMethod, createUser } from "../../support/users.ts";
import { phone, user } from "../store/records.ts";

test("tells counts and checksums", async () => {
  const { DATABASE_URL: from } = await imported();
  const { code, stdout, stderr } = await runToEnd(["copy", "--from", from, "--to", await newDatabaseUrl()]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(
    /^users: 1 of 1, checksum \w{64}\nmethods: 2 of 2, checksum \w{64}\nanswers: 0 of 0, .*\nsettings: 2 of 2, .*\nevents: 5 of 5, .*\nThe copy is complete/,
  );
});

test("brings a server over to PostgreSQL: ids, secrets, what is unique, and answers to retries", async () => {
  const keys = { ENCRYPTION_KEYS: oldKey };
  const before = await startServer(keys);
  const methods = await createUser(before);
  const retried = { body: totp(1), headers: { "idempotency-key": "a-create" } };
  const created = (await before.call(methods, retried)).body;
  await createMethod(before, methods, passkey());
  const listed = (await before.call(methods)).body;
  await before.close();

  const to = await temporarySchema();
  const { code } = await runToEnd([
    "copy",
    "--from",
    `sqlite:${join(before.folder, "test.sqlite")}`,
    "--to",
    to,
  ]);
  expect(code).toBe(0);
  const after = await startServer({ ...keys, DATABASE_URL: to });
  expect((await after.call(methods)).body).toEqual(listed);
  expect((await after.call(methods, retried)).body).toEqual(created);
  for (const body of [totp(1), passkey()]) expect((await after.call(methods, { body })).status).toBe(409);
});

test("killed at any moment goes on where it stopped", async () => {
  const [from, to] = [await newDatabaseUrl(), await newDatabaseUrl()];
  const { maintenance: source } = await openDatabase(from);
  for (let page = 0; page < 20; page += 1) {
    const users = Array.from({ length: 1_000 }, () => user());
    await source.putUsers(users);
    await source.putMethods(users.map(({ id }) => phone(id)));
  }
  const command = ["copy", "--from", from, "--to", to];
  const target = await openTables(to, "create");
  onTestFinished(() => target.close());
  const killed = runMain(command);
  await vi.waitFor(
    async () => {
      if ((await target.counts()).methods === 0) throw new Error("not yet");
    },
    { timeout: 50_000, interval: 10 },
  );
  killed.kill("SIGKILL");
  await once(killed, "exit");
  const { users, methods } = await target.counts();
  expect(users).toBe(20_000);
  expect(methods).toBeLessThan(20_000);
  const { code, stderr } = await runToEnd(command);
  expect(code).toBe(0);
  // Where it takes some seconds it tells how far it has come.
  expect(stderr).toMatch(/^(?:\d+ of \d+ records (?:copied|compared), \d+\/s\n)*$/);
  expect(await target.counts()).toEqual(await source.counts());
}, 60_000);

test("exits with 1 and one sentence where the target holds something else", async () => {
  const [{ DATABASE_URL: from }, to] = [await imported(), await newDatabaseUrl()];
  const target = await openTables(to, "create");
  onTestFinished(() => target.close());
  await target.putUsers([user({ id: "auth0|eve" })]);
  const { code, stderr } = await runToEnd(["copy", "--from", from, "--to", to]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^The users of the target differ from the source's: [^\n]*\n$/);
});

test("refuses a target on which a server was started", async () => {
  const [{ DATABASE_URL: from }, { DATABASE_URL: to }] = [await imported(), await importedAnew()];
  const { code, stderr } = await runToEnd(["copy", "--from", from, "--to", to]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^The target has its own \S+-key, [^\n]*\n$/);
});
