import type { GetMethodOutcome, ListMethodsOutcome, StoreOptions } from "../store.ts";
import type { SqliteMethodRows } from "./rows/methods.ts";
import type { SqliteUsers } from "./rows/users.ts";

/** What `Store` promises of the reads of methods: each sees all that is committed when it runs. */
export class SqliteMethodReads {
  readonly #rows: SqliteMethodRows;
  readonly #users: SqliteUsers;
  readonly #options: StoreOptions;

  constructor(rows: SqliteMethodRows, users: SqliteUsers, options: StoreOptions) {
    this.#rows = rows;
    this.#users = users;
    this.#options = options;
  }

  list(userId: string, offset: number, limit: number): ListMethodsOutcome {
    if (this.#isUnknown(userId)) return { outcome: "unknown-user" };
    return { outcome: "found", ...this.#rows.page(userId, offset, limit) };
  }

  get(userId: string, id: string): GetMethodOutcome {
    if (this.#isUnknown(userId)) return { outcome: "unknown-user" };
    const method = this.#rows.get(userId, id);
    return method ? { outcome: "found", method } : { outcome: "unknown-method" };
  }

  #isUnknown(userId: string): boolean {
    return this.#options.unknownUsers === "reject" && !this.#users.exists(userId);
  }
}
