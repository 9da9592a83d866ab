import type { FastifyBaseLogger } from "fastify";

/** Says in one line that the database was lost, and in one that it is back, however many requests notice. */
export class StoreLog {
  readonly #log: FastifyBaseLogger;
  readonly #ping: () => Promise<void>;
  #isLost = false;
  #isAsking = false;

  /** @param ping resolves where the database can be read and written */
  constructor(log: FastifyBaseLogger, ping: () => Promise<void>) {
    this.#log = log;
    this.#ping = ping;
  }

  lost(error: Error): void {
    if (!this.#isLost) this.#log.error({ err: error }, "the store is unavailable");
    this.#isLost = true;
  }

  /** A request was answered; as some reads are where nothing that is written lasts, the database itself is asked. */
  answered(): void {
    if (!this.#isLost || this.#isAsking) return;
    this.#isAsking = true;
    this.#ping()
      .then(() => this.regained())
      .catch(() => undefined)
      .finally(() => {
        this.#isAsking = false;
      });
  }

  regained(): void {
    if (this.#isLost) this.#log.info("the store is available again");
    this.#isLost = false;
  }
}
