import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { ChallengeRows } from "../../rows.ts";
import {
  type AnsweredChallenge,
  type ChallengeKey,
  expiredPerChallenge,
  forgottenAt,
} from "../../verification.ts";

/** The columns of an `AnsweredChallenge`, `spent` as 0 or 1. */
export const challengeColumns = `
  user_id AS userId, id, wrong_answers AS wrongAnswers, spent, expires_at AS expiresAt`;

/** The statements on `authentication_challenges`; those that write are called inside a transaction. */
export class SqliteChallengeRows implements ChallengeRows {
  readonly #select: StatementSync;
  readonly #replace: StatementSync;
  readonly #deleteExpired: StatementSync;
  readonly #deleteAll: StatementSync;

  constructor(database: DatabaseSync) {
    const prepare = (sql: string) => database.prepare(sql);
    this.#select = prepare(
      `SELECT ${challengeColumns} FROM authentication_challenges WHERE user_id = ? AND id = ?`,
    );
    this.#replace = prepare("INSERT OR REPLACE INTO authentication_challenges VALUES (?, ?, ?, ?, ?)");
    this.#deleteExpired = prepare(`
      DELETE FROM authentication_challenges WHERE (user_id, id) IN (
        SELECT user_id, id FROM authentication_challenges WHERE expires_at <= ?
        ORDER BY expires_at LIMIT ?
      )`);
    this.#deleteAll = prepare("DELETE FROM authentication_challenges WHERE user_id = ?");
  }

  get({ userId, id }: ChallengeKey): AnsweredChallenge | undefined {
    const row = this.#select.get(userId, id);
    return row && toChallenge(row);
  }

  put({ userId, id, wrongAnswers, spent, expiresAt }: AnsweredChallenge, now: number): void {
    this.removeExpired(now, expiredPerChallenge);
    this.#replace.run(userId, id, wrongAnswers, spent ? 1 : 0, expiresAt);
  }

  /** Called inside a transaction; gives how many. */
  removeExpired(now: number, limit: number): number {
    return Number(this.#deleteExpired.run(forgottenAt(now), limit).changes);
  }

  deleteAll(userId: string): void {
    this.#deleteAll.run(userId);
  }
}

/** @param row of `challengeColumns` */
export function toChallenge(row: object): AnsweredChallenge {
  const challenge = row as Omit<AnsweredChallenge, "spent"> & { readonly spent: number };
  return { ...challenge, spent: challenge.spent === 1 };
}
