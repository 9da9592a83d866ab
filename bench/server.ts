import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { setTimeout as setTimeoutAsync } from "node:timers/promises";

/** A server in a process of its own. */
export interface BenchedServer {
  readonly origin: string;
  /** From `exec` until it said that it listens. */
  readonly readyMilliseconds: number;
  /** From `exec`. */
  elapsedMilliseconds(): number;
  /** Resident memory now, and the largest so far, where the system tells (Linux). */
  memoryMegabytes(): Promise<{ readonly now: number; readonly peak: number } | undefined>;
  signal(signal: NodeJS.Signals): void;
  /** Of all its threads so far, where the system tells (Linux). */
  processorSeconds(): Promise<number | undefined>;
  stop(): Promise<void>;
}

/** Clock ticks per second, in which Linux counts processor time for all programs (proc_pid_stat(5)). */
const clockTicks = 100;

const running = new Set<ChildProcess>();
// A bench that fails leaves no server behind.
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

export interface StartOptions {
  /** How long it may take until it listens. @default a minute */
  readonly timeoutMilliseconds?: number;
  /** Where it listens; what it prints is then thrown away, as a busy log should be. @default it prints where */
  readonly port?: number;
}

/**
 * Starts a script that listens.
 *
 * @throws Error where it ends before it listens, or takes longer
 */
export async function start(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  { timeoutMilliseconds = 60_000, port }: StartOptions = {},
): Promise<BenchedServer> {
  const started = performance.now();
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", port === undefined ? "pipe" : "ignore", "inherit"],
  });
  running.add(child);
  child.once("exit", () => running.delete(child));
  const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMilliseconds);
  const said = port === undefined ? listening(child) : answering(child, `http://127.0.0.1:${port}`);
  const origin = await said.finally(() => clearTimeout(timer));
  const elapsedMilliseconds = () => performance.now() - started;
  return {
    origin,
    readyMilliseconds: elapsedMilliseconds(),
    elapsedMilliseconds,
    signal: (signal) => child.kill(signal),
    async memoryMegabytes() {
      const status = await readFile(`/proc/${child.pid}/status`, "utf8").catch(() => "");
      const [, peak, now] = /VmHWM:\s+(\d+) kB\s+VmRSS:\s+(\d+) kB/.exec(status) ?? [];
      return now === undefined ? undefined : { now: Number(now) / 1024, peak: Number(peak) / 1024 };
    },
    async processorSeconds() {
      const stat = await readFile(`/proc/${child.pid}/stat`, "utf8").catch(() => undefined);
      // Behind the program's name, which may hold anything: the state, ten numbers, user time and system time.
      const [, user, system] = /\) \S(?: \S+){10} (\d+) (\d+)/.exec(stat ?? "") ?? [];
      return user === undefined ? undefined : (Number(user) + Number(system)) / clockTicks;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      // Some peers take no notice of it.
      const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
      await ended;
      clearTimeout(timer);
    },
  };
}

async function answering(child: ChildProcess, origin: string): Promise<string> {
  while (child.exitCode === null && child.signalCode === null) {
    const answer = await fetch(origin).catch(() => undefined);
    if (answer !== undefined) return origin;
    await setTimeoutAsync(2);
  }
  throw new Error("the server ended before it listened");
}

async function listening(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("the output is not piped");
  const lines = createInterface(child.stdout);
  for await (const line of lines) {
    const origin = /listening on (http:\/\/[\w.:[\]-]+)/i.exec(line)?.[1];
    if (origin === undefined) continue;
    child.stdout.resume();
    return origin;
  }
  throw new Error("the server ended before it listened");
}
