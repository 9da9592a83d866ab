import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { send } from "../../support/send.ts";
import type { Answer, Call } from "../../support/server.ts";
import type { TestIssuer } from "./issuer.ts";

const main = new URL("../../../server/main.ts", import.meta.url).pathname;

/** The server as it is deployed: a process of its own, which can be killed and started again. */
export class ServerProcess {
  readonly #issuer: TestIssuer;
  readonly #env: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;
  #origin: string | undefined;
  #log = "";

  /** @param env on top of what makes the server accept the issuer's tokens; PORT may name one to keep. */
  constructor(issuer: TestIssuer, env: Readonly<Record<string, string>>) {
    this.#issuer = issuer;
    this.#env = { PORT: "0", RATE_LIMIT: "off", ...issuer.env, ...env };
  }

  get origin(): string {
    if (this.#origin === undefined) throw new Error("the server is not listening");
    return this.#origin;
  }

  get port(): number {
    return Number(new URL(this.origin).port);
  }

  get pid(): number {
    if (this.#child?.pid === undefined) throw new Error("the server is not running");
    return this.#child.pid;
  }

  /** All it wrote to standard output and standard error, over every start. */
  get log(): string {
    return this.#log;
  }

  /** Resolves when it listens. */
  async start(): Promise<void> {
    const { NODE_ENV: _test, ...inherited } = process.env;
    const child = spawn(process.execPath, [main, "serve"], { env: { ...inherited, ...this.#env } });
    this.#child = child;
    const before = this.#log.length;
    this.#origin = await new Promise<string>((resolve, reject) => {
      const read = (data: Buffer) => {
        this.#log += data;
        const [, origin] = /"Listening on (.*?)\/api\/v2"/.exec(this.#log.slice(before)) ?? [];
        if (origin !== undefined) resolve(origin);
      };
      child.stdout.on("data", read);
      child.stderr.on("data", read);
      child.once("exit", () => reject(new Error(`the server ended: ${this.#log.slice(before)}`)));
    });
  }

  /** Ends the process without a chance to tidy up; resolves when it is gone. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, "close");
    child.kill(signal);
    await closed;
  }

  async call(path: string, { scopes, subject, ...call }: Call = {}): Promise<Answer> {
    return send(this.origin, path, await this.#issuer.token(scopes, subject), call);
  }
}
