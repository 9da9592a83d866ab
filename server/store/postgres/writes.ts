import { setTimeout as delay } from "node:timers/promises";
import type { AuditMac } from "../audit/mac.ts";
import type { Write } from "../engine.ts";
import { StoreUnavailableError } from "../errors.ts";
import { ConnectionPool } from "./connection.ts";
import { isConflict, isTooMuchAtOnce, toStoreError } from "./errors.ts";
import type { Primary } from "./primary.ts";
import { transact, type Writer } from "./transaction.ts";

interface WaitingWrite extends Write<unknown> {
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Transactions that run at a time. More would make batches smaller, and with them the work of each write larger;
 * fewer would leave the database idle while a commit reaches the disk.
 */
const mostTransactions = 3;
/** Writes in one transaction; each takes a lock, of which PostgreSQL has room for 6,400 by default. */
const batchSize = 128;
/** How often a transaction is run that another keeps getting ahead of. */
const attempts = 5;
const longestPause = 20;
/** From when on a refusal has kept others waiting, in milliseconds. */
const slow = 1_000;

/**
 * Runs the writes of one event-loop turn in one transaction, a few transactions at a time; while those are under
 * way, later writes gather for the next. Promises are settled after the commit.
 */
export class WriteQueue {
  readonly #writers: readonly Writer[];
  readonly #idle: Writer[];
  #mac: AuditMac | undefined;
  #waiting: WaitingWrite[] = [];
  #isScheduled = false;
  #drained: (() => void) | undefined;

  /** @param primary of a database whose schema is up to date */
  constructor(primary: Primary) {
    this.#writers = Array.from({ length: mostTransactions }, () => ({
      pool: new ConnectionPool(primary, 1),
      chain: undefined,
    }));
    this.#idle = [...this.#writers];
  }

  /** Gives the key of the audit trail, before the first write that is recorded there. */
  openAudit(mac: AuditMac): void {
    this.#mac = mac;
  }

  /**
   * Resolves with the write's result once that is durable.
   *
   * @throws StoreFullError where there is no room for it.
   * @throws StoreUnavailableError where the database does not answer or does not tell whether it is durable.
   */
  enqueue<Result>(write: Write<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...write, resolve, reject });
      if (this.#isScheduled) return;
      this.#isScheduled = true;
      setImmediate(() => {
        this.#isScheduled = false;
        this.#start();
      });
    });
  }

  /** Resolves when every write so far is settled and the connections are closed. */
  async close(): Promise<void> {
    if (this.#waiting.length > 0 || this.#idle.length < this.#writers.length) {
      await new Promise<void>((resolve) => {
        this.#drained = resolve;
      });
    }
    await Promise.all(this.#writers.map(({ pool }) => pool.close()));
  }

  #start(): void {
    for (;;) {
      const writer = this.#waiting.length > 0 ? this.#idle.pop() : undefined;
      if (writer === undefined) break;
      const writes = this.#waiting.splice(0, batchSize);
      void this.#run(writer, writes).then(() => {
        this.#idle.push(writer);
        this.#start();
      });
    }
    if (this.#waiting.length === 0 && this.#idle.length === this.#writers.length) this.#drained?.();
  }

  /** Never rejects: every failure goes to the writes it concerns. */
  async #run(writer: Writer, writes: readonly WaitingWrite[]): Promise<void> {
    const start = performance.now();
    try {
      settle(writes, await this.#transact(writer, writes));
    } catch (error) {
      const storeError = toStoreError(error);
      const isUnavailable = storeError instanceof StoreUnavailableError;
      if (writes.length > 1 && (!isUnavailable || isTooMuchAtOnce(error))) {
        for (const write of writes) await this.#run(writer, [write]);
        return;
      }
      reject(writes, storeError);
      // Those behind have waited as long already.
      if (isUnavailable && performance.now() - start > slow) reject(this.#waiting.splice(0), storeError);
    }
  }

  async #transact(writer: Writer, writes: readonly WaitingWrite[]) {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await transact(writer, writes, this.#mac);
      } catch (error) {
        if (!isConflict(error) || attempt === attempts) throw error;
        await delay(Math.random() * longestPause);
      }
    }
  }
}

function settle(writes: readonly WaitingWrite[], outcomes: readonly PromiseSettledResult<unknown>[]): void {
  for (const [index, { resolve, reject }] of writes.entries()) {
    const outcome = outcomes[index];
    if (outcome?.status === "fulfilled") resolve(outcome.value as never);
    else reject(outcome?.reason);
  }
}

function reject(writes: readonly WaitingWrite[], error: unknown): void {
  for (const write of writes) write.reject(error);
}
