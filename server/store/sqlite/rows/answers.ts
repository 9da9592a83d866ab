import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { AnswerRows } from "../../rows.ts";
import type { IdempotentAnswer } from "../../store.ts";

/** How many expired answers each new one clears away: more than one, so that they never pile up. */
const EXPIRED_PER_ANSWER = 4;

/** The statements on `idempotent_answers`; those that write are called inside a transaction. */
export class SqliteAnswerRows implements AnswerRows {
  readonly #select: StatementSync;
  readonly #replace: StatementSync;
  readonly #deleteExpired: StatementSync;

  constructor(database: DatabaseSync) {
    this.#select = database.prepare(`
      SELECT scope, key, payload_hash AS payloadHash, encrypted_answer AS encryptedAnswer, expires_at AS expiresAt
      FROM idempotent_answers WHERE scope = ? AND key = ? AND expires_at > ?`);
    this.#replace = database.prepare(`
      INSERT OR REPLACE INTO idempotent_answers (scope, key, payload_hash, encrypted_answer, expires_at)
      VALUES (?, ?, ?, ?, ?)`);
    this.#deleteExpired = database.prepare(`
      DELETE FROM idempotent_answers WHERE rowid IN (
        SELECT rowid FROM idempotent_answers WHERE expires_at <= ? ORDER BY expires_at LIMIT ${EXPIRED_PER_ANSWER}
      )`);
  }

  get({ scope, key }: IdempotentAnswer, now: number): IdempotentAnswer | undefined {
    const row = this.#select.get(scope, key, now);
    return row && ({ ...row } as unknown as IdempotentAnswer);
  }

  keep(answer: IdempotentAnswer, now: number): void {
    this.#deleteExpired.run(now);
    this.#replace.run(answer.scope, answer.key, answer.payloadHash, answer.encryptedAnswer, answer.expiresAt);
  }
}
