import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { UserRows } from "../../rows.ts";
import type { CreateUserOutcome, UserRecord } from "../../store.ts";

/** The statements on `users`; those that write are called inside a transaction. */
export class SqliteUserRows implements UserRows {
  readonly #insert: StatementSync;
  readonly #select: StatementSync;
  readonly #page: StatementSync;
  readonly #count: StatementSync;
  readonly #exists: StatementSync;
  readonly #delete: StatementSync;

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare(`
      INSERT INTO users (id, connection, email, name, created_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`);
    this.#select = database.prepare(`
      SELECT id, connection, email, name, created_at AS createdAt FROM users WHERE id = ?`);
    this.#page = database.prepare(`
      SELECT id, connection, email, name, created_at AS createdAt FROM users ORDER BY id LIMIT ? OFFSET ?`);
    this.#count = database.prepare("SELECT count(*) AS count FROM users");
    this.#exists = database.prepare("SELECT 1 FROM users WHERE id = ?");
    this.#delete = database.prepare("DELETE FROM users WHERE id = ?");
  }

  create({ id, connection, email, name, createdAt }: UserRecord): CreateUserOutcome {
    const { changes } = this.#insert.run(id, connection, email, name, createdAt);
    return changes === 1 ? "created" : "duplicate";
  }

  get(id: string): UserRecord | undefined {
    const row = this.#select.get(id);
    return row && ({ ...row } as unknown as UserRecord);
  }

  page({ offset, limit }: { readonly offset: number; readonly limit: number }): readonly UserRecord[] {
    return this.#page.all(limit, offset).map((row) => ({ ...row }) as unknown as UserRecord);
  }

  count(): number {
    return Number(this.#count.get()?.count);
  }

  exists(id: string): boolean {
    return this.#exists.get(id) !== undefined;
  }

  delete(id: string): void {
    this.#delete.run(id);
  }
}
