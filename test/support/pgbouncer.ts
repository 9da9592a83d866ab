import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chown, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";
import { freePort } from "./free-port.ts";
import { execute } from "./postgres.ts";
import { createSchema } from "./postgres-schema.ts";

/** Whether this machine has a PgBouncer to test with; Debian's package is `pgbouncer`. */
export const hasPgbouncer = spawnSync("pgbouncer", ["--version"]).status === 0;

export type PoolMode = "session" | "transaction" | "statement";

/** PgBouncer refuses to run as root, which the tests may well do in a container; this one is `nobody`. */
const account = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** What the documentation tells operators to do, so that it is true. */
const documentation = readFile(new URL("../../docs/postgresql.md", import.meta.url), "utf8");

async function documented(pattern: RegExp): Promise<string> {
  const [block] = pattern.exec(await documentation) ?? [];
  if (block === undefined) throw new Error(`docs/postgresql.md has nothing like ${pattern}`);
  return block;
}

/** The line of PgBouncer's configuration without which it takes no session of a server. */
export const documentedSettings = documented(/^ignore_startup_parameters = .*$/m);

/** Gives the role of `url` what the documentation tells to give it. */
export async function setDocumentedParameters(url: string): Promise<void> {
  const statements = await documented(/^(ALTER ROLE methods SET .*\n)+/m);
  await execute(url, statements.replaceAll("methods", new URL(url).username));
}

/** An empty schema and a role whose it is. */
async function createRole(): Promise<{ url: string; drop(): Promise<void> }> {
  const { url, drop } = await createSchema();
  const role = `pooled_${randomBytes(8).toString("hex")}`;
  const schema = new URL(url).searchParams.get("search_path");
  await execute(
    url,
    `CREATE ROLE ${role} LOGIN PASSWORD 'secret';
     ALTER ROLE ${role} SET search_path = ${schema};
     ALTER SCHEMA ${schema} OWNER TO ${role}`,
  );
  return {
    url: Object.assign(new URL(url), { username: role, password: "secret", search: "" }).href,
    async drop() {
      await drop();
      await execute(url, `DROP ROLE ${role}`);
    },
  };
}

/** Likewise, both gone when the test is finished; gives its URL. */
export async function temporaryRole(): Promise<string> {
  const { url, drop } = await createRole();
  onTestFinished(drop);
  return url;
}

/** An empty schema behind a PgBouncer set up as documented. */
export interface Pool {
  readonly url: string;
  /** Past the PgBouncer. */
  readonly directUrl: string;
  drop(): Promise<void>;
}

export async function createPool(mode: PoolMode): Promise<Pool> {
  const { url: directUrl, drop } = await createRole();
  await setDocumentedParameters(directUrl);
  const { url, stop } = await openPgbouncer(directUrl, mode, await documentedSettings);
  return {
    url: `${url}?prepare=false`,
    directUrl,
    async drop() {
      await stop();
      await drop();
    },
  };
}

/** Likewise, all gone when the test is finished; gives its URL. */
export async function temporaryPool(mode: PoolMode): Promise<string> {
  const { url, drop } = await createPool(mode);
  onTestFinished(drop);
  return url;
}

/** Starts one that is gone when the test is finished; gives the database's URL through it. */
export async function startPgbouncer(databaseUrl: string, mode: PoolMode, settings = ""): Promise<string> {
  const { url, stop } = await openPgbouncer(databaseUrl, mode, settings);
  onTestFinished(stop);
  return url;
}

async function openPgbouncer(
  databaseUrl: string,
  mode: PoolMode,
  settings: string,
): Promise<{ url: string; stop(): Promise<void> }> {
  const url = new URL(databaseUrl);
  const folder = await mkdtemp(join(tmpdir(), "pgbouncer-"));
  const port = await freePort();
  const users = join(folder, "users.txt");
  await writeFile(users, `"${url.username}" "${url.password}"\n`);
  const configuration = join(folder, "pgbouncer.ini");
  await writeFile(
    configuration,
    `[databases]
* = host=${url.hostname} port=${url.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${users}
pool_mode = ${mode}
# Fewer than the servers have connections where those can be shared, so that they are.
default_pool_size = ${mode === "session" ? 30 : 4}
${settings}
`,
  );
  const { uid, gid } = account;
  if (uid !== undefined && gid !== undefined)
    for (const path of [folder, users, configuration]) await chown(path, uid, gid);
  const child = spawn("pgbouncer", [configuration], {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
    ...account,
  });
  await up(child);
  url.port = String(port);
  return {
    url: url.href,
    async stop() {
      await end(child);
      await rm(folder, { recursive: true });
    },
  };
}

async function up(child: ChildProcess): Promise<void> {
  if (child.stderr === null) throw new Error("the log is not piped");
  const lines: string[] = [];
  for await (const line of createInterface(child.stderr)) {
    lines.push(line);
    if (line.includes("process up")) break;
  }
  child.stderr.resume();
  if (!lines.at(-1)?.includes("process up")) throw new Error(`PgBouncer did not start: ${lines.join("\n")}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}
