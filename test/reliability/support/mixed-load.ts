import { EventEmitter, once } from "node:events";
import { ConnectionLostError } from "./connection.ts";
import { type Attempt, type Caller, LoadClient } from "./load-client.ts";

export interface MixedLoadOptions {
  /** Makes the connection of each client. */
  readonly connect: (client: number) => Caller;
  readonly clients: number;
  readonly seed: number;
  /** What the users' ids begin with. */
  readonly prefix?: string;
  /** The number of the first client, from which its credentials follow: another for each load on one database. */
  readonly first?: number;
  /** Whether a client whose answer was lost finds out what became of its write and goes on, or ends. */
  readonly goesOn?: boolean;
}

/**
 * Users written to at the same time, each over a connection of its own, with a model of what must be there: what
 * was acknowledged is certain; at most one write of each user is uncertain, whose answer was lost or was a 503.
 */
export class MixedLoad extends EventEmitter<{ acknowledged: [] }> {
  readonly #clients: readonly LoadClient[];
  readonly #goesOn: boolean;
  #isStopped = false;
  #running: Promise<unknown> = Promise.resolve();
  /** Every write that had no answer, or a 503. */
  readonly uncertain: Attempt[] = [];
  acknowledged = 0;

  constructor({ connect, clients, seed, prefix = "client", first = 0, goesOn = false }: MixedLoadOptions) {
    super();
    this.#goesOn = goesOn;
    this.#clients = Array.from(
      { length: clients },
      (_, index) => new LoadClient(connect(first + index), first + index, seed, prefix),
    );
  }

  /** How many unacknowledged writes were found done, wholly, and how many not at all. */
  get found(): { readonly done: number; readonly notDone: number } {
    const sum = (count: (client: LoadClient) => number) =>
      this.#clients.reduce((total, client) => total + count(client), 0);
    return { done: sum(({ found }) => found.done), notDone: sum(({ found }) => found.notDone) };
  }

  async createUsers(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.createUser()));
  }

  /** Writes until `stop`, or until the answers of all clients are lost. */
  start(): void {
    this.#isStopped = false;
    this.#running = Promise.all(this.#clients.map((client) => this.#run(client)));
    // Awaited by `stop`, which may be called long after a client has failed.
    this.#running.catch(() => {});
  }

  /** Resolves when no write is under way any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  /** Resolves when every client has had a write without an answer, or with a 503. */
  async interrupted(): Promise<void> {
    await this.#running;
  }

  async acknowledgedMore(count: number): Promise<void> {
    const target = this.acknowledged + count;
    const ended = this.#running.then(() => {
      throw new Error("the load has ended");
    });
    const reached = (async () => {
      while (this.acknowledged < target) await once(this, "acknowledged");
    })();
    await Promise.race([reached, ended]);
  }

  /** Holds what is there against the model; what is uncertain must be there wholly or not at all. */
  async check(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.check()));
  }

  async #run(client: LoadClient): Promise<void> {
    while (!this.#isStopped) {
      const attempt = await client.write();
      if (attempt.isAcknowledged) {
        this.acknowledged += 1;
        this.emit("acknowledged");
        continue;
      }
      this.uncertain.push(attempt);
      if (!this.#goesOn) return;
      for (;;) {
        try {
          await client.check();
          break;
        } catch (error) {
          // Reads, and a create with an Idempotency-Key, can be sent again and again.
          if (!(error instanceof ConnectionLostError)) throw error;
          this.uncertain.push({ ...attempt, clientPort: error.clientPort });
        }
      }
    }
  }
}
