import { once } from "node:events";
import { expect, test } from "vitest";
import { runMain, runToEnd } from "../../support/command.ts";
import { newDatabaseUrl, oldKey } from "../../support/database.ts";
import { fileOf, imported, text } from "../../support/imported.ts";

test("tells what it did, and exits with 1 where a line was bad", async () => {
  const env = { DATABASE_URL: await newDatabaseUrl(), ENCRYPTION_KEYS: oldKey };
  const secret = "not-base-32";
  const bad = JSON.stringify({ user_id: "auth0|ada", type: "totp", totp_secret: secret });
  const { code, stdout, stderr } = await runToEnd(["import", await fileOf(`${text}${bad}\n`)], env);
  expect(stdout).toBe(
    "Created 1 users and 2 authentication methods; 0 lines were there already, 1 were bad.\n",
  );
  expect(stderr).toBe("line 4: The property 'totp_secret' must have the format base32\n");
  expect(stderr).not.toContain(secret);
  expect(code).toBe(1);
});

test("reads standard input, and is safe to run twice", async () => {
  const env = await imported();
  const again = runMain(["import", "-"], env);
  let stdout = "";
  again.stdout?.on("data", (data) => {
    stdout += data;
  });
  again.stdin?.end(text);
  expect(await once(again, "close")).toEqual([0, null]);
  expect(stdout).toMatch(/^Created 0 users and 0 authentication methods; 3 lines were there already/);
});

test.each([
  ["that does not exist", "/nowhere/lines.jsonl"],
  ["that is a folder", "/tmp"],
])("refuses a file %s, in one sentence", async (_what, path) => {
  const { code, stderr } = await runToEnd(["import", path], { DATABASE_URL: await newDatabaseUrl() });
  expect(code).toBe(1);
  expect(stderr).toMatch(new RegExp(`^${path} cannot be read \\(.*\\): name a file of JSON lines\\.\\n$`));
});
