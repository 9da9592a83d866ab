import { isBusy } from "./errors.ts";
import { FileGuard } from "./file-guard.ts";
import type { Transaction } from "./transaction.ts";

interface Write {
  readonly work: () => unknown;
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
}

/** What is written once for all the writes of a transaction, behind them. */
export interface TransactionPart {
  begin(): void;
  save(): void;
  committed(): void;
  rolledBack(): void;
}

const nothingElse: TransactionPart = { begin() {}, save() {}, committed() {}, rolledBack() {} };

/** How often writes ask for a write lock that another process holds, in milliseconds. */
const lockInterval = 20;

/**
 * Runs the writes of one event-loop turn in one transaction, in the order they came, and settles their
 * promises after the commit: as many writes as requests arrived together share one `fsync`.
 */
export class WriteQueue {
  readonly #transaction: Transaction;
  readonly #part: TransactionPart;
  readonly #guard: FileGuard;
  readonly #lockTimeout: number;
  readonly #flush = () => this.#run();
  #waiting: Write[] = [];
  /** Since when another process has kept the write lock from the writes that wait. */
  #lockedSince: number | undefined;
  #drained: (() => void) | undefined;

  /** @param lockTimeout how long writes wait for another process that holds the write lock, in milliseconds. */
  constructor(
    transaction: Transaction,
    part = nothingElse,
    guard = new FileGuard(null),
    lockTimeout = 5_000,
  ) {
    this.#transaction = transaction;
    this.#part = part;
    this.#guard = guard;
    this.#lockTimeout = lockTimeout;
  }

  /**
   * `work` is synchronous and touches nothing but the database: where another write of its turn fails, it
   * is undone and run again. Resolves with its result once that is durable.
   *
   * @throws StoreFullError where there is no room for it.
   * @throws StoreUnavailableError where the disk fails or another process keeps the database locked.
   */
  enqueue<Result>(work: () => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.push({ work, resolve, reject }) === 1) setImmediate(this.#flush);
    });
  }

  /** Resolves when every write so far is settled. */
  async drain(): Promise<void> {
    if (this.#waiting.length === 0) return;
    await new Promise<void>((resolve) => {
      this.#drained = resolve;
    });
  }

  #run(): void {
    let writes = this.#waiting;
    this.#waiting = [];
    while (writes.length > 0) {
      try {
        this.#transaction.beginImmediate();
        this.#lockedSince = undefined;
      } catch (error) {
        if (isBusy(error) && this.#mayWaitForLock()) {
          this.#waiting = writes;
          setTimeout(this.#flush, lockInterval);
          return;
        }
        this.#lockedSince = undefined;
        this.#reject(writes, error);
        break;
      }
      writes = this.#transact(writes);
    }
    this.#drained?.();
  }

  /** SQLite's own busy handler would block the thread, and the reads with it. */
  #mayWaitForLock(): boolean {
    this.#lockedSince ??= performance.now();
    return performance.now() - this.#lockedSince < this.#lockTimeout;
  }

  /**
   * Runs `writes` in the transaction that is open and ends it. Where one of them fails it is rejected, all is
   * rolled back, and the others are returned to be run again: that leaves them as if it had never been, at no
   * cost to the transactions in which nothing fails.
   */
  #transact(writes: Write[]): Write[] {
    const results: unknown[] = [];
    this.#part.begin();
    for (const write of writes) {
      try {
        results.push(write.work());
      } catch (error) {
        this.#rollback();
        this.#reject([write], error);
        return writes.filter((other) => other !== write);
      }
    }
    try {
      this.#part.save();
      this.#transaction.commit();
      this.#part.committed();
      this.#guard.committed();
    } catch (error) {
      this.#rollback();
      this.#reject(writes, error);
      return [];
    }
    for (const [index, write] of writes.entries()) write.resolve(results[index] as never);
    return [];
  }

  #rollback(): void {
    this.#transaction.rollback();
    this.#part.rolledBack();
  }

  #reject(writes: readonly Write[], error: unknown): void {
    const translated = this.#guard.translateWrite(error);
    for (const write of writes) write.reject(translated);
  }
}
