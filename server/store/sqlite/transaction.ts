import type { DatabaseSync, StatementSync } from "node:sqlite";

/** The transaction of a connection, which has one at a time. */
export class Transaction {
  readonly #database: DatabaseSync;
  readonly #begin: StatementSync;
  readonly #beginImmediate: StatementSync;
  readonly #commit: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#begin = database.prepare("BEGIN");
    this.#beginImmediate = database.prepare("BEGIN IMMEDIATE");
    this.#commit = database.prepare("COMMIT");
  }

  /** Begins one that sees what is committed at its first read. */
  begin(): void {
    this.#endLeftOpen();
    this.#begin.run();
  }

  /** Begins one that keeps all other writers out from the start. */
  beginImmediate(): void {
    this.#endLeftOpen();
    this.#beginImmediate.run();
  }

  commit(): void {
    this.#commit.run();
  }

  rollback(): void {
    try {
      // After some errors of the disk SQLite has rolled back by itself.
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
    } catch {
      // The disk fails altogether: the error that led here says so, and the next transaction tries again.
    }
  }

  /** One is left open only where the disk refused even the rollback. */
  #endLeftOpen(): void {
    if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
  }
}
