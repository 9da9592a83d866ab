import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { AnswerRows } from "../../rows.ts";
import type { IdempotentAnswer } from "../../store.ts";

/** The columns of an `IdempotentAnswer`. */
export const answerColumns = `
  scope, key, user_id AS userId, method_id AS methodId, payload_hash AS payloadHash,
  encrypted_answer AS encryptedAnswer, expires_at AS expiresAt`;

/** The statements on `idempotent_answers`; those that write are called inside a transaction. */
export class SqliteAnswerRows implements AnswerRows {
  readonly #select: StatementSync;
  readonly #replace: StatementSync;
  readonly #delete: StatementSync;
  readonly #deleteAll: StatementSync;
  readonly #deleteExpired: StatementSync;

  constructor(database: DatabaseSync) {
    this.#select = database.prepare(`
      SELECT ${answerColumns} FROM idempotent_answers
      WHERE scope = ? AND key = ? AND expires_at > ? AND method_id IS NOT NULL`);
    this.#replace = database.prepare(`
      INSERT OR REPLACE INTO idempotent_answers
        (scope, key, user_id, method_id, payload_hash, encrypted_answer, expires_at)
      VALUES (?, ?, ?, ?, ?, ?, ?)`);
    this.#delete = database.prepare("DELETE FROM idempotent_answers WHERE user_id = ? AND method_id = ?");
    this.#deleteAll = database.prepare("DELETE FROM idempotent_answers WHERE user_id = ?");
    this.#deleteExpired = database.prepare(`
      DELETE FROM idempotent_answers WHERE rowid IN (
        SELECT rowid FROM idempotent_answers WHERE expires_at <= ? ORDER BY expires_at LIMIT ?
      )`);
  }

  get({ scope, key }: IdempotentAnswer, now: number): IdempotentAnswer | undefined {
    const row = this.#select.get(scope, key, now);
    return row && ({ ...row } as unknown as IdempotentAnswer);
  }

  keep(answer: IdempotentAnswer): void {
    const { scope, key, userId, methodId, payloadHash, encryptedAnswer, expiresAt } = answer;
    this.#replace.run(scope, key, userId, methodId, payloadHash, encryptedAnswer, expiresAt);
  }

  delete(userId: string, methodId?: string): void {
    if (methodId === undefined) this.#deleteAll.run(userId);
    else this.#delete.run(userId, methodId);
  }

  /** At most `limit`; gives how many. */
  removeExpired(now: number, limit: number): number {
    return Number(this.#deleteExpired.run(now, limit).changes);
  }
}
