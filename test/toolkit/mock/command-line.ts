import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const command = [fileURLToPath(new URL("../../../server/main.ts", import.meta.url)), "mock"];

/** The mock command, running as a process of its own. */
export interface RunningCommand {
  readonly url: string;
  readonly process: ChildProcess;
  readonly output: () => string;
  /** Resolves once a pattern has been printed. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts `mock` on a free port and waits until it listens. */
export async function startCommand(args: readonly string[], cwd?: string): Promise<RunningCommand> {
  const child = spawn(process.execPath, [...command, "-p", "0", ...args], {
    stdio: "pipe",
    ...(cwd !== undefined && { cwd }),
  });
  let output = "";
  const waiting = new Set<() => void>();
  const read = (chunk: Buffer) => {
    output += chunk;
    for (const check of waiting) check();
  };
  child.stdout.on("data", read);
  child.stderr.on("data", read);
  const printed = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const check = () => {
        const found = pattern.exec(output);
        if (!found) return;
        waiting.delete(check);
        resolve(found);
      };
      waiting.add(check);
      child.once("exit", () => reject(new Error(`mock ended before printing ${pattern}:\n${output}`)));
      check();
    });
  const [, url = ""] = await printed(/listening on (https?:\/\/\S+)/);
  return {
    url,
    process: child,
    output: () => output,
    printed,
    async stop(signal = "SIGTERM") {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      child.kill(signal);
      const [code] = (await once(child, "exit")) as [number | null];
      return code;
    },
  };
}

/** Runs `mock` to its end. */
export async function runToEnd(args: readonly string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [...command, ...args], { stdio: "pipe" });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, output };
}
