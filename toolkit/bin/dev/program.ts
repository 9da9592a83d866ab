import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** A Node.js program that runs beside this one. */
export interface Program {
  /** Stops it and starts it again. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Runs a program of Node.js.
 *
 * @param args as `node` takes them
 * @param write takes what it prints
 */
export function runProgram(args: readonly string[], write: (text: string) => void): Program {
  let child = start();
  function start(): ChildProcess {
    const started = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [started.stdout, started.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => write(text));
    return started;
  }
  async function stop(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
  }
  return {
    stop,
    async restart() {
      await stop();
      child = start();
    },
  };
}
