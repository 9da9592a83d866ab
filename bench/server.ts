import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";

/** A server in a process of its own. */
export interface BenchedServer {
  readonly origin: string;
  /** From `exec` until it could be called. */
  readonly readyMilliseconds: number;
  /** The largest resident memory so far, where the system tells (Linux). */
  peakMemoryMegabytes(): Promise<number | undefined>;
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

/** Starts a script that prints where it listens. */
export async function start(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<BenchedServer> {
  const started = performance.now();
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  running.add(child);
  child.once("exit", () => running.delete(child));
  const origin = await listening(child);
  return {
    origin,
    readyMilliseconds: performance.now() - started,
    async peakMemoryMegabytes() {
      const status = await readFile(`/proc/${child.pid}/status`, "utf8").catch(() => "");
      const kilobytes = /VmHWM:\s+(\d+) kB/.exec(status)?.[1];
      return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
    },
    async processorSeconds() {
      const stat = await readFile(`/proc/${child.pid}/stat`, "utf8").catch(() => undefined);
      // Behind the program's name, which may hold anything: the state, ten numbers, user time and system time.
      const [, user, system] = /\) \S(?: \S+){10} (\d+) (\d+)/.exec(stat ?? "") ?? [];
      return user === undefined ? undefined : (Number(user) + Number(system)) / clockTicks;
    },
    async stop() {
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}

async function listening(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("the output is not piped");
  const lines = createInterface(child.stdout);
  for await (const line of lines) {
    const origin = /Listening on (http:\/\/[^/]+)/.exec(line)?.[1];
    if (origin === undefined) continue;
    child.stdout.resume();
    return origin;
  }
  throw new Error("the server ended before it listened");
}
