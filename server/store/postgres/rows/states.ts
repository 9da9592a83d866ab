import type { StateRows } from "../../rows.ts";
import type { MethodState, StateKey } from "../../verification.ts";

/** The states of methods that a batch of writes concerns, in memory: what they are, and what becomes of them. */
export class PostgresStateRows implements StateRows {
  readonly #states: Map<string, MethodState>;
  readonly #changed = new Map<string, MethodState>();
  readonly #deleted: StateKey[] = [];
  readonly #usersDeleted = new Set<string>();

  /** @param stored those in the database under the keys concerned */
  constructor(stored: readonly MethodState[]) {
    this.#states = new Map(stored.map((state) => [identity(state), state]));
  }

  get(key: StateKey): MethodState | undefined {
    return this.#states.get(identity(key));
  }

  put(state: MethodState): void {
    this.#states.set(identity(state), state);
    this.#changed.set(identity(state), state);
  }

  delete(key: StateKey): void {
    this.#forget(identity(key));
    this.#deleted.push(key);
  }

  deleteAll(userId: string): void {
    for (const [key, state] of this.#states) if (state.userId === userId) this.#forget(key);
    this.#usersDeleted.add(userId);
  }

  /** States to be written, over those that are stored. */
  get changed(): readonly MethodState[] {
    return [...this.#changed.values()];
  }

  /** Stored states that are gone before `changed` is written. */
  get deleted(): readonly StateKey[] {
    return this.#deleted;
  }

  /** The users all whose stored states are gone before `changed` is written. */
  get usersDeleted(): readonly string[] {
    return [...this.#usersDeleted];
  }

  #forget(key: string): void {
    this.#states.delete(key);
    this.#changed.delete(key);
  }
}

function identity({ userId, methodId }: StateKey): string {
  return JSON.stringify([userId, methodId]);
}
