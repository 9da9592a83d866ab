import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { onTestFinished } from "vitest";
import { freePort } from "./free-port.ts";

/** Whether this machine has a Redis to test with; Debian's package is `redis-server`. */
export const hasRedis = spawnSync("redis-server", ["--version"]).status === 0;

/** A real Redis on a port of its own, gone when the test is finished. */
export class TestRedis {
  readonly url: string;
  readonly #args: readonly string[];
  #process: ChildProcess | undefined;

  private constructor(port: number, password: string) {
    this.url = `redis://:${password}@127.0.0.1:${port}`;
    this.#args = ["--bind", "127.0.0.1", "--port", String(port), "--requirepass", password, "--save", ""];
  }

  static async start(): Promise<TestRedis> {
    const redis = await TestRedis.stopped();
    await redis.start();
    return redis;
  }

  /** One that is not running yet. */
  static async stopped(): Promise<TestRedis> {
    const redis = new TestRedis(await freePort(), "a-secret-password");
    onTestFinished(() => redis.kill());
    return redis;
  }

  async start(): Promise<void> {
    const child = spawn("redis-server", this.#args, { stdio: ["ignore", "pipe", "inherit"] });
    this.#process = child;
    for await (const line of createInterface(child.stdout))
      if (line.includes("Ready to accept connections")) break;
    child.stdout.resume();
  }

  /** Keeps its connections and answers nothing until `resume`. */
  suspend(): void {
    this.#process?.kill("SIGSTOP");
  }

  resume(): void {
    this.#process?.kill("SIGCONT");
  }

  async kill(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  }
}
