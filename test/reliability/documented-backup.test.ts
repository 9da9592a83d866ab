import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { runToEnd } from "../support/command.ts";
import { oldKey } from "../support/database.ts";
import { freePort } from "../support/free-port.ts";
import { fileOf, imported, text } from "../support/imported.ts";
import { execute } from "../support/postgres.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { Connection } from "./support/connection.ts";
import { debianPrograms, PostgresFolder } from "./support/debian-postgres.ts";
import { startIssuer, type TestIssuer } from "./support/issuer.ts";
import { MixedLoad } from "./support/mixed-load.ts";
import { isLong } from "./support/scale.ts";
import { ServerProcess } from "./support/server-process.ts";

const programs = await debianPrograms();
/** It starts PostgreSQL servers whose commits reach the disk. */
const timeout = 300_000;

/** The blocks of a language in a section of a guide, in their order. */
async function documented(
  section: string,
  language: string,
  file = "docs/postgresql.md",
): Promise<readonly string[]> {
  const guide = await readFile(file, "utf8");
  const text = guide.split(/\n(?=###? )/).find((each) => new RegExp(`^###? ${section}\n`).test(each));
  return [...(text ?? "").matchAll(/```(\w+)\n([\s\S]*?)```/g)]
    .filter(([, found]) => found === language)
    .map(([, , block = ""]) => block);
}

/** A PostgreSQL of Debian's that is configured as the documentation tells. */
async function startPrimary(folder: PostgresFolder) {
  const port = await freePort();
  const [settings = ""] = await documented("To any moment", "ini");
  const data = join(folder.path, "primary");
  const configuration = `${settings.replaceAll("/backups", `${folder.path}/backups`)}
    port = ${port}
    listen_addresses = '127.0.0.1'
    unix_socket_directories = ''`;
  await folder.shell(
    `mkdir -p backups/wal
    initdb --username=methods --auth=trust --encoding=UTF8 --locale=C "$DATA"
    echo "$CONFIGURATION" >> "$DATA/postgresql.conf"
    pg_ctl --pgdata="$DATA" --wait --log=primary.log start`,
    { DATA: data, CONFIGURATION: configuration },
  );
  const stop = () => folder.shell(`pg_ctl --pgdata="${data}" --mode=immediate stop`).catch(() => "");
  onTestFinished(async () => {
    await stop();
  });
  const url = (database: string) => `postgres://methods@127.0.0.1:${port}/${database}`;
  await execute(url("postgres"), "CREATE DATABASE methods");
  return { port, url: url("methods"), urlOf: url, stop };
}

async function startServer(issuer: TestIssuer, url: string): Promise<ServerProcess> {
  const server = new ServerProcess(issuer, { DATABASE_URL: url, ENCRYPTION_KEYS: oldKey });
  onTestFinished(() => server.kill());
  await server.start();
  return server;
}

/** Two loads on a server: what is written before a backup and must be in it, and what is written meanwhile. */
async function startLoads(issuer: TestIssuer, url: string) {
  let server = await startServer(issuer, url);
  const connect = () => new Connection(() => server.origin, issuer);
  const load = (prefix: string, first: number) =>
    new MixedLoad({ connect, clients: 4, seed: 1, prefix, first });
  const [before, meanwhile] = [load("before", 0), load("meanwhile", 4)];
  await before.createUsers();
  await meanwhile.createUsers();
  before.start();
  await before.acknowledgedMore(200);
  return {
    before,
    meanwhile,
    async serveFrom(restored: string) {
      await server.kill();
      server = await startServer(issuer, restored);
    },
  };
}

test("what docs/operations.md tells of a SQLite backup brings its moment back", async () => {
  const env = await imported();
  const folder = await temporaryFolder();
  const main = new URL("../../server/main.ts", import.meta.url).pathname;
  const commands = { "authentication-methods": `exec ${process.execPath} ${main} "$@"`, systemctl: "exit 0" };
  for (const [name, script] of Object.entries(commands))
    await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const shell = (script: string) =>
    promisify(execFile)("sh", ["-euc", script.replaceAll("/backups", folder)], {
      env: { ...process.env, ...env, PATH: `${folder}:${process.env.PATH}` },
    });
  const [backup = "", restore = ""] = await documented("Back up and restore", "sh", "docs/operations.md");
  await shell(backup);
  await runToEnd(["import", await fileOf(text.replaceAll("auth0|ada", "auth0|grace"))], env);
  expect((await runToEnd(["count"], env)).stdout).toBe("2 users, 4 authentication methods\n");
  await shell(restore);
  expect((await runToEnd(["count"], env)).stdout).toBe("1 users, 2 authentication methods\n");
});

test.runIf(isLong && programs !== undefined)(
  "what docs/postgresql.md tells of pg_dump restores every write that was acknowledged before",
  { timeout },
  async () => {
    const folder = await PostgresFolder.create(programs ?? "");
    onTestFinished(() => folder.remove());
    const primary = await startPrimary(folder);
    const issuer = await startIssuer();
    onTestFinished(() => issuer.http.goDown());
    const { before, meanwhile, serveFrom } = await startLoads(issuer, primary.url);
    await before.stop();
    meanwhile.start();
    await meanwhile.acknowledgedMore(50);

    const env = {
      DATABASE_URL: primary.url,
      RESTORED_URL: primary.urlOf("restored"),
      ENCRYPTION_KEYS: oldKey,
    };
    const [dump = "", restore = "", look = ""] = await documented("A copy of one moment", "sh");
    const here = (script: string) => script.replaceAll("/backups", `${folder.path}/backups`);
    await folder.shell(here(dump), env);
    await meanwhile.acknowledgedMore(50);
    await meanwhile.stop();
    await folder.shell(here(restore), env);
    const told = await folder.shell(here(look), env, true);
    expect(told).toMatch(/^\d+ users, \d+ authentication methods\nAll \d+ events in \d+ chains are as /);
    await serveFrom(env.RESTORED_URL);
    await before.check();
  },
);

test.runIf(isLong && programs !== undefined)(
  "what docs/postgresql.md tells of its log restores the moment before an accident",
  { timeout },
  async () => {
    const folder = await PostgresFolder.create(programs ?? "");
    onTestFinished(() => folder.remove());
    const primary = await startPrimary(folder);
    const issuer = await startIssuer();
    onTestFinished(() => issuer.http.goDown());
    const { before, meanwhile, serveFrom } = await startLoads(issuer, primary.url);

    const [base = "", last = "", restore = "", look = ""] = await documented("To any moment", "sh");
    const here = (script: string) => script.replaceAll("/backups", `${folder.path}/backups`);
    const data = join(folder.path, "restored");
    const env = { DATABASE_URL: primary.url, PGDATA: data, ENCRYPTION_KEYS: oldKey };
    await folder.shell(here(base), env);
    await before.acknowledgedMore(200);
    await before.stop();
    const [row] = await execute(primary.url, "SELECT clock_timestamp()::text AS moment");

    meanwhile.start();
    await meanwhile.acknowledgedMore(50);
    await meanwhile.stop();
    await execute(primary.url, "DELETE FROM authentication_methods");
    await folder.shell(here(last), env);
    await primary.stop();
    const toMoment = here(restore).replace(/2026-\S+ \S+\+00/, row?.moment);
    expect(toMoment).toContain(row?.moment);
    await folder.shell(toMoment, env);
    onTestFinished(async () => {
      await folder.shell(`pg_ctl --pgdata="${data}" --mode=immediate stop`).catch(() => "");
    });
    const told = await folder.shell(here(look), env, true);
    expect(told).toMatch(/\d+ users, [1-9]\d* authentication methods\nAll \d+ events in \d+ chains are as /);
    await serveFrom(primary.url);
    await before.check();
  },
);
