import { once } from "node:events";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { runMain, runToEnd } from "../../support/command.ts";
import { newDatabaseUrl, newKey, oldKey, openDatabase } from "../../support/database.ts";
import { imported } from "../../support/imported.ts";
import { actor, phone, user } from "../store/records.ts";

const linesOf = (text: string) =>
  text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));

test("prints who did what as JSON lines, the oldest first", async () => {
  const { code, stdout } = await runToEnd(["audit"], await imported());
  expect(code).toBe(0);
  expect(linesOf(stdout)).toMatchObject([
    {
      action: "user.create",
      outcome: "success",
      user_id: "auth0|ada",
      subject: expect.stringMatching(/ \(import\)$/),
    },
    { action: "authentication_method.create", method_type: "phone" },
    { action: "authentication_method.create", method_type: "totp" },
  ]);
});

test("prints what was done to one user, and what was done of late", async () => {
  const env = await imported();
  const of = async (...args: string[]) => linesOf((await runToEnd(["audit", ...args], env)).stdout).length;
  expect(await of("--user", "auth0|ada")).toBe(3);
  expect(await of("--user", "auth0|grace")).toBe(0);
  expect(await of("--since", "1h")).toBe(3);
  expect(await of("--since", "2001-01-01")).toBe(3);
  expect(await of("--since", "2999-01-01T00:00:00Z")).toBe(0);
});

test("goes on with what comes, until it is stopped", async () => {
  const { url, store } = await openDatabase(await newDatabaseUrl());
  await store.createUser(user(), actor);
  const child = runMain(["audit", "--follow"], { DATABASE_URL: url });
  if (child.stdout === null) throw new Error("the output is not piped");
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const next = async () => JSON.parse(String((await lines.next()).value));
  expect(await next()).toMatchObject({ action: "user.create" });
  const ada = user();
  await store.createUser(ada, actor);
  await store.deleteUser(ada.id, actor);
  expect(await next()).toMatchObject({ action: "user.create", user_id: ada.id });
  expect(await next()).toMatchObject({ action: "user.delete", user_id: ada.id });
  child.kill("SIGTERM");
  expect(await once(child, "close")).toEqual([0, null]);
});

test("verifies that everything is as it was written, with the keys of the servers alone", async () => {
  const env = await imported();
  expect(await runToEnd(["audit", "verify"], env)).toEqual({
    code: 0,
    stdout: "All 3 events in 1 chains are as they were written.\n",
    stderr: "",
  });
  expect(await runToEnd(["audit", "verify"], { ...env, ENCRYPTION_KEYS: newKey })).toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringMatching(/key/),
  });
});

test("tells what was removed, and exits with 1", async () => {
  const { url, store } = await openDatabase(await newDatabaseUrl());
  const ada = user();
  await store.createUser(ada, actor);
  await store.createMethod(phone(ada.id), actor);
  const database = new DatabaseSync(url.slice("sqlite:".length));
  database.exec("DELETE FROM audit_events WHERE id = (SELECT max(id) FROM audit_events)");
  database.close();
  expect(await runToEnd(["audit", "verify"], { DATABASE_URL: url, ENCRYPTION_KEYS: oldKey })).toMatchObject({
    code: 1,
    stdout: "Chain 1: event 2 was removed.\n",
    stderr: expect.stringMatching(/^The audit trail is not as it was written \(1 faults\): .*\.\n$/),
  });
});

test.each([
  [["audit", "clear"], /There is nothing called 'clear' to do/],
  [["audit", "verify", "--follow"], /it takes no options/],
  [["audit", "--since", "yesterday"], /--since must be a time/],
])("refuses %j in one sentence", async (args, sentence) => {
  const { code, stderr } = await runToEnd(args);
  expect(code).not.toBe(0);
  expect(stderr).toMatch(sentence);
});
