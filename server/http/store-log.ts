import type { FastifyBaseLogger } from "fastify";

/** Says in one line that the database was lost, and in one that it is back, however many requests notice. */
export class StoreLog {
  readonly #log: FastifyBaseLogger;
  #isLost = false;

  constructor(log: FastifyBaseLogger) {
    this.#log = log;
  }

  lost(error: Error): void {
    if (!this.#isLost) this.#log.error({ err: error }, "the store is unavailable");
    this.#isLost = true;
  }

  answered(): void {
    if (this.#isLost) this.#log.info("the store is available again");
    this.#isLost = false;
  }
}
