import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";

type Environment = Readonly<Record<string, string>>;

/** The command line as a user runs it: another process, its output read. */
export function runMain(args: readonly string[], env: Environment = {}, cwd?: string): ChildProcess {
  const main = new URL("../../server/main.ts", import.meta.url).pathname;
  const { NODE_ENV: _test, ...inherited } = process.env;
  const child = spawn(process.execPath, [main, ...args], { env: { ...inherited, ...env }, cwd });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  });
  return child;
}

/** Runs a command to its end. */
export async function runToEnd(args: readonly string[], env: Environment = {}) {
  const child = runMain(args, env);
  let [stdout, stderr] = ["", ""];
  child.stdout?.on("data", (data) => {
    stdout += data;
  });
  child.stderr?.on("data", (data) => {
    stderr += data;
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout, stderr };
}

/** Waits until a server logs that it listens, and gives where. */
export async function listening(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("the output is not piped");
  for await (const line of createInterface(child.stdout)) {
    const origin = /^Listening on (.*)\/api\/v2$/.exec(JSON.parse(line).msg)?.[1];
    if (origin !== undefined) return origin;
  }
  throw new Error("the server ended before it listened");
}
