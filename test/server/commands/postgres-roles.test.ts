import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { expect, onTestFinished, test } from "vitest";
import { runToEnd } from "../../support/command.ts";
import { newPostgresUrl, oldKey } from "../../support/database.ts";
import { fileOf, text } from "../../support/imported.ts";
import { totp } from "../../support/methods.ts";
import { execute } from "../../support/postgres.ts";
import { startServer } from "../../support/server.ts";
import { createMethod, createUser } from "../../support/users.ts";

const roles = ["owner", "server", "reader"] as const;
type Role = (typeof roles)[number];

/** The SQL blocks of the section of docs/postgresql.md that tells the roles, in their order. */
async function documented(): Promise<readonly string[]> {
  const guide = await readFile("docs/postgresql.md", "utf8");
  const [, section = ""] = /\n## Roles\n([\s\S]*?)\n## /.exec(guide) ?? [];
  return [...section.matchAll(/```sql\n([\s\S]*?)```/g)].map(([, sql = ""]) => sql);
}

/** A database with the documented roles; gives each one's URL. */
async function databaseWithRoles(): Promise<Readonly<Record<Role, string>>> {
  const url = await newPostgresUrl();
  const suffix = randomBytes(6).toString("hex");
  const password = randomBytes(12).toString("hex");
  const database = new URL(url).pathname.slice(1);
  const named = (sql: string) =>
    sql
      .replace(/\bmethods_(owner|server|reader)\b/g, `$&_${suffix}`)
      .replace(/\bDATABASE methods\b/g, `DATABASE ${database}`)
      .replaceAll("<password>", password);
  const [createRoles = "", grants = ""] = await documented();
  await execute(url, named(createRoles));
  onTestFinished(async () => {
    const names = roles.map((role) => `methods_${role}_${suffix}`);
    await execute(url, names.map((name) => `DROP OWNED BY ${name} CASCADE; DROP ROLE ${name}`).join("; "));
  });
  const urlOf = (role: Role) => {
    const changed = new URL(url);
    [changed.username, changed.password] = [`methods_${role}_${suffix}`, password];
    return changed.href;
  };
  await execute(urlOf("owner"), named(grants));
  return { owner: urlOf("owner"), server: urlOf("server"), reader: urlOf("reader") };
}

test("the documented roles migrate, serve and read, and may do nothing else", async () => {
  const { owner, server, reader } = await databaseWithRoles();
  const keys = { ENCRYPTION_KEYS: oldKey };

  const early = await runToEnd(["import", await fileOf(text)], { ...keys, DATABASE_URL: server });
  expect(early).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^The user in DATABASE_URL may not change the schema: run `migrate`/),
  });
  expect(await runToEnd(["migrate"], { DATABASE_URL: owner })).toMatchObject({ code: 0, stderr: "" });

  const running = await startServer({ ...keys, DATABASE_URL: server });
  const methods = await createUser(running);
  const { id } = await createMethod(running, methods, totp());
  expect((await running.call(`${methods}/${encodeURIComponent(id)}`, { method: "DELETE" })).status).toBe(204);
  await createMethod(running, methods, totp());
  expect(await runToEnd(["keys", "rotate"], { ...keys, DATABASE_URL: server })).toMatchObject({ code: 0 });
  for (const sql of [
    "CREATE TABLE mine (id int)",
    "DROP TABLE users",
    "ALTER TABLE users ADD COLUMN mine int",
    "TRUNCATE users",
  ])
    await expect(execute(server, sql)).rejects.toMatchObject({ code: "42501" });

  expect(await runToEnd(["count"], { DATABASE_URL: reader })).toEqual({
    code: 0,
    stdout: "1 users, 1 authentication methods\n",
    stderr: "",
  });
  for (const sql of [
    "INSERT INTO settings VALUES ('mine', 'value')",
    "UPDATE users SET id = id",
    "DELETE FROM users",
  ])
    await expect(execute(reader, sql)).rejects.toMatchObject({ code: "42501" });
});

test("tables of a later migration are granted without a further step", async () => {
  const { owner, server, reader } = await databaseWithRoles();
  await execute(owner, "CREATE TABLE later (id int)");
  await execute(server, "INSERT INTO later VALUES (1)");
  expect(await execute(reader, "SELECT id FROM later")).toEqual([{ id: 1 }]);
});

test("a grant that is missing is told in a sentence that names it", async () => {
  const { owner, server } = await databaseWithRoles();
  expect(await runToEnd(["migrate"], { DATABASE_URL: owner })).toMatchObject({ code: 0 });
  const name = new URL(server).username;
  await execute(owner, `REVOKE ALL ON ALL TABLES IN SCHEMA public FROM ${name}`);
  const refused = await runToEnd(["count"], { DATABASE_URL: server });
  expect(refused).toEqual({
    code: 1,
    stdout: "",
    stderr:
      "The user in DATABASE_URL may not read the tables: grant it what docs/postgresql.md lists under Roles.\n",
  });
});
