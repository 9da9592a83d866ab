import type { AnswerRows } from "../../rows.ts";
import type { IdempotentAnswer } from "../../store.ts";

/** An answer to be kept. */
export interface KeptAnswer {
  readonly answer: IdempotentAnswer;
  /** When it was given, in microseconds since the UNIX epoch: what has expired by then makes room for it. */
  readonly now: number;
}

/** The idempotent answers that a batch of writes concerns, in memory: which there are, and which are to be kept. */
export class PostgresAnswerRows implements AnswerRows {
  readonly #answers: Map<string, IdempotentAnswer>;
  readonly #deleted: { readonly userId: string; readonly methodId: string | null }[] = [];
  readonly #kept = new Map<string, KeptAnswer>();

  /** @param stored those in the database under the keys concerned, expired or not */
  constructor(stored: readonly IdempotentAnswer[]) {
    this.#answers = new Map(stored.map((answer) => [identity(answer), answer]));
  }

  get(answer: IdempotentAnswer, now: number): IdempotentAnswer | undefined {
    const found = this.#answers.get(identity(answer));
    // One from before answers went with their methods names none.
    return found !== undefined && found.methodId !== null && found.expiresAt > now ? found : undefined;
  }

  keep(answer: IdempotentAnswer, now: number): void {
    this.#answers.set(identity(answer), answer);
    this.#kept.set(identity(answer), { answer, now });
  }

  delete(userId: string, methodId?: string): void {
    this.#deleted.push({ userId, methodId: methodId ?? null });
    for (const [id, answer] of this.#answers) {
      if (answer.userId !== userId || (methodId !== undefined && answer.methodId !== methodId)) continue;
      this.#answers.delete(id);
      this.#kept.delete(id);
    }
  }

  /** Whose stored answers are gone: those to the creation of a method, or with null of all of a user. */
  get deleted(): readonly { readonly userId: string; readonly methodId: string | null }[] {
    return this.#deleted;
  }

  /** Answers that are not stored yet. */
  get kept(): readonly KeptAnswer[] {
    return [...this.#kept.values()];
  }
}

function identity({ scope, key }: IdempotentAnswer): string {
  return JSON.stringify([scope, key]);
}
