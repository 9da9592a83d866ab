import type { ChallengeRows } from "../../rows.ts";
import { type AnsweredChallenge, type ChallengeKey, forgottenAt } from "../../verification.ts";

/** The answered challenges that a batch of writes concerns, in memory: what they are, and what becomes of them. */
export class PostgresChallengeRows implements ChallengeRows {
  readonly #challenges: Map<string, AnsweredChallenge>;
  readonly #changed = new Map<string, AnsweredChallenge>();
  readonly #usersDeleted = new Set<string>();
  #expiredBy = 0;

  /** @param stored those in the database under the keys concerned */
  constructor(stored: readonly AnsweredChallenge[]) {
    this.#challenges = new Map(stored.map((challenge) => [identity(challenge), challenge]));
  }

  get(key: ChallengeKey): AnsweredChallenge | undefined {
    return this.#challenges.get(identity(key));
  }

  put(challenge: AnsweredChallenge, now: number): void {
    this.#challenges.set(identity(challenge), challenge);
    this.#changed.set(identity(challenge), challenge);
    this.#expiredBy = Math.max(this.#expiredBy, forgottenAt(now));
  }

  deleteAll(userId: string): void {
    for (const [key, challenge] of this.#challenges) {
      if (challenge.userId !== userId) continue;
      this.#challenges.delete(key);
      this.#changed.delete(key);
    }
    this.#usersDeleted.add(userId);
  }

  /** Challenges to be written, over those that are stored. */
  get changed(): readonly AnsweredChallenge[] {
    return [...this.#changed.values()];
  }

  /** What has expired by then can make room for them; microseconds since the UNIX epoch. */
  get expiredBy(): number {
    return this.#expiredBy;
  }

  /** The users all whose stored challenges are gone before `changed` is written. */
  get usersDeleted(): readonly string[] {
    return [...this.#usersDeleted];
  }
}

function identity({ userId, id }: ChallengeKey): string {
  return JSON.stringify([userId, id]);
}
