import { type ChildProcess, execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { freePort } from "../../support/free-port.ts";
import { execute } from "../../support/postgres.ts";
import { debianPrograms, PostgresFolder } from "./debian-postgres.ts";
import { until } from "./until.ts";

/** A PostgreSQL that a failover manager keeps. */
export interface ManagedNode {
  readonly url: string;
  /** Ends all of its processes at once, the manager's too, as a machine that loses its power. */
  kill(): Promise<void>;
  /** Brings it back after that. */
  restart(): void;
}

/** Two nodes of pg_auto_failover and the monitor that decides which one is the primary. */
export interface AutoFailover {
  readonly nodes: readonly [ManagedNode, ManagedNode];
  /** What the monitor has assigned to the nodes, and they have reported, in their order. */
  states(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

const isInstalled = existsSync("/usr/bin/pg_autoctl");

/** Where PostgreSQL's programs are, if Debian's postgresql-15-auto-failover is installed with them. */
export async function managedPrograms(): Promise<string | undefined> {
  return isInstalled ? debianPrograms() : undefined;
}

/** The monitor's own take half a minute to give a node up. */
const impatience = {
  health_check_period: 500,
  health_check_timeout: 1_000,
  health_check_max_retries: 1,
  health_check_retry_delay: 200,
  node_considered_unhealthy_timeout: 3_000,
  startup_grace_period: 1_000,
  primary_demote_timeout: 3_000,
};

/** Starts them with a database `methods`; resolves when each commit waits for the second node. */
export async function startAutoFailover(programs: string): Promise<AutoFailover> {
  const folder = await PostgresFolder.create(programs);
  const ports = [await freePort(), await freePort(), await freePort()] as const;
  const env = { HOME: folder.path, XDG_RUNTIME_DIR: folder.path, LC_ALL: "C" };
  const monitorUrl = (user: string) => `postgres://${user}@127.0.0.1:${ports[0]}/pg_auto_failover`;
  const running = new Map<string, ChildProcess>();
  const common = "--hostname 127.0.0.1 --auth trust --no-ssl";
  const run = (name: string) =>
    running.set(name, folder.spawn(`exec pg_autoctl run --pgdata ${folder.path}/${name}`, env));
  const create = async (name: string, script: string) => {
    await folder.shell(`pg_autoctl create ${script} --pgdata ${folder.path}/${name} ${common} 2>&1`, env);
    run(name);
  };
  const kill = async (name: string) => {
    const child = running.get(name);
    if (child?.pid === undefined) return;
    running.delete(name);
    const ended = once(child, "exit");
    for (const pid of descendants(child.pid)) process.kill(pid, "SIGKILL");
    await ended;
  };

  await create("monitor", `monitor --pgport ${ports[0]}`);
  const settings = Object.entries(impatience).map(([name, value]) => [`pgautofailover.${name}`, value]);
  await until(
    () =>
      execute(monitorUrl("postgres"), "SELECT 1").then(
        () => true,
        () => false,
      ),
    30_000,
  );
  for (const [name, value] of settings)
    await execute(monitorUrl("postgres"), `ALTER SYSTEM SET ${name} = ${value}`);
  await execute(monitorUrl("postgres"), "SELECT pg_reload_conf()");
  const names = ["one", "two"] as const;
  for (const [index, name] of names.entries()) {
    const monitor = `--monitor '${monitorUrl("autoctl_node")}'`;
    const database = "--username methods --dbname methods";
    await create(name, `postgres --name ${name} --pgport ${ports[index + 1]} ${database} ${monitor}`);
  }
  const states = async () => {
    const sql = "SELECT goalstate, reportedstate FROM pgautofailover.node ORDER BY nodeid";
    const rows = await execute(monitorUrl("postgres"), sql);
    return rows.map(({ goalstate, reportedstate }) =>
      goalstate === reportedstate ? goalstate : `${reportedstate} to ${goalstate}`,
    );
  };
  const node = (index: 0 | 1): ManagedNode => ({
    url: `postgres://methods@127.0.0.1:${ports[index + 1]}/methods`,
    kill: () => kill(names[index]),
    restart: () => run(names[index]),
  });
  await until(async () => (await states()).join() === "primary,secondary", 60_000);
  return {
    nodes: [node(0), node(1)],
    states,
    async stop() {
      await Promise.all([...running.keys()].map(kill));
      await folder.remove();
    },
  };
}

/** A process and all that it has started, however deep. */
function descendants(pid: number): readonly number[] {
  process.kill(pid, "SIGSTOP");
  let children: string;
  try {
    children = execFileSync("pgrep", ["-P", String(pid)], { encoding: "utf8" });
  } catch {
    // It exits with 1 where there is none.
    children = "";
  }
  return [pid, ...children.split("\n").filter(Boolean).map(Number).flatMap(descendants)];
}
