import type { UserRows } from "../../rows.ts";
import type { CreateUserOutcome, UserRecord } from "../../store.ts";

/** The users that a batch of writes concerns, in memory: which there are, and what becomes of them. */
export class PostgresUserRows implements UserRows {
  readonly #known: Set<string>;
  readonly #stored: ReadonlySet<string>;
  readonly #created = new Map<string, UserRecord>();
  readonly #deleted = new Set<string>();

  /** @param stored the ids of those that there are in the database */
  constructor(stored: ReadonlySet<string>) {
    this.#stored = stored;
    this.#known = new Set(stored);
  }

  exists(id: string): boolean {
    return this.#known.has(id);
  }

  create(user: UserRecord): CreateUserOutcome {
    if (this.#known.has(user.id)) return "duplicate";
    this.#known.add(user.id);
    this.#created.set(user.id, user);
    return "created";
  }

  delete(id: string): void {
    this.#known.delete(id);
    this.#created.delete(id);
    if (this.#stored.has(id)) this.#deleted.add(id);
  }

  /** Users that are not stored yet. */
  get created(): readonly UserRecord[] {
    return [...this.#created.values()];
  }

  /** Stored users that are gone, though one of the same id may be `created`. */
  get deleted(): readonly string[] {
    return [...this.#deleted];
  }
}
