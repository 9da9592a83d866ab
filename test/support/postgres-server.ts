import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { loadPostgresPrograms } from "./embedded-postgres.ts";
import { freePort } from "./free-port.ts";

/** A PostgreSQL server of the tests' own, in a temporary folder. */
export interface PostgresServer {
  /** Of its database `postgres`, as its superuser. */
  readonly url: string;
  readonly folder: string;
  /** All it has logged, over every start. */
  log(): string;
  /** Ends all of its processes without a chance to tidy up; resolves when they are gone. */
  kill(): Promise<void>;
  /** Starts it again after `kill`; resolves when it accepts connections. */
  restart(): Promise<void>;
  /** Keeps its processes from running, with all they have in hand, until `thaw`. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts one on a free port; takes some seconds.
 *
 * @param settings of `postgresql.conf`
 */
export async function startPostgres(
  settings: Readonly<Record<string, string>> = {},
): Promise<PostgresServer> {
  return start(settings);
}

/**
 * Starts a standby of `primary`, which is killed, copied and started again for it.
 *
 * @param settings of `postgresql.conf`; both need `application_name` where the primary waits for it by that name
 */
export async function startStandby(
  primary: PostgresServer,
  settings: Readonly<Record<string, string>> = {},
): Promise<PostgresServer> {
  const { hostname, port, username, password } = new URL(primary.url);
  const primary_conninfo = `host=${hostname} port=${port} user=${username} password=${password} application_name=standby`;
  await primary.kill();
  const standby = await start({ ...settings, primary_conninfo }, primary);
  await primary.restart();
  return standby;
}

async function start(
  settings: Readonly<Record<string, string>>,
  copied?: Pick<PostgresServer, "folder" | "url">,
): Promise<PostgresServer> {
  const { EmbeddedPostgres, remove } = await loadPostgresPrograms();
  const folder = await mkdtemp(join(tmpdir(), "postgres-"));
  const port = await freePort();
  const password = copied === undefined ? randomBytes(12).toString("hex") : new URL(copied.url).password;
  const lines: string[] = [];
  const standingBy = Promise.withResolvers<void>();
  const server = new EmbeddedPostgres({
    databaseDir: folder,
    port,
    password,
    authMethod: "scram-sha-256",
    persistent: false,
    // PostgreSQL refuses to run as root, which the tests may well do in a container.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ["--encoding=UTF8", "--locale=C", "--no-sync"],
    postgresFlags: Object.entries({
      listen_addresses: "127.0.0.1",
      unix_socket_directories: "",
      max_connections: "300",
      ...settings,
    }).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    onLog(line) {
      lines.push(String(line));
      if (String(line).includes("ready to accept read-only connections")) standingBy.resolve();
    },
    onError: (error) => lines.push(String(error)),
  });
  try {
    if (copied === undefined) await server.initialise();
    else await copyAsStandby(copied.folder, folder);
    // That resolves for a standby when it is promoted.
    await Promise.race([server.start(), standingBy.promise]);
  } catch (error) {
    await Promise.all([remove(), rm(folder, { recursive: true, force: true })]);
    throw new Error(`PostgreSQL did not start: ${lines.join("")}`, { cause: error });
  }
  let isRunning = true;
  let isFrozen = false;
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    folder,
    log: () => lines.join(""),
    async kill() {
      isRunning = false;
      const killed = await signalAll(folder, "SIGKILL");
      while (killed.some(isAlive)) await setImmediate();
    },
    async restart() {
      await server.start();
      isRunning = true;
    },
    async freeze() {
      isFrozen = true;
      await signalAll(folder, "SIGSTOP");
    },
    async thaw() {
      isFrozen = false;
      await signalAll(folder, "SIGCONT");
    },
    async stop() {
      if (isFrozen) await signalAll(folder, "SIGCONT");
      await (isRunning ? server.stop() : rm(folder, { recursive: true, force: true }));
      await remove();
    },
  };
}

/** With owners and modes, which PostgreSQL insists on. */
async function copyAsStandby(from: string, to: string): Promise<void> {
  execFileSync("cp", ["-a", `${from}/.`, to]);
  await rm(join(to, "postmaster.pid"), { force: true });
  await writeFile(join(to, "standby.signal"), "");
}

/** Sends `signal` to all processes of the server in `folder` and gives their ids. */
async function signalAll(folder: string, signal: NodeJS.Signals): Promise<readonly number[]> {
  const [postmaster = ""] = (await readFile(join(folder, "postmaster.pid"), "utf8")).split("\n");
  // The others are its children, and while it stands still it makes no new ones.
  process.kill(Number(postmaster), "SIGSTOP");
  const children = execFileSync("pgrep", ["-P", postmaster], { encoding: "utf8" }).trim().split("\n");
  const all = [postmaster, ...children].map(Number);
  for (const pid of all) if (isAlive(pid)) process.kill(pid, signal);
  return all;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
