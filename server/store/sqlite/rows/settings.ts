import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { SettingRows } from "../../rows.ts";

/** The statements on `settings`; the one that writes is called inside a transaction. */
export class SqliteSettingRows implements SettingRows {
  readonly #select: StatementSync;
  readonly #insert: StatementSync;

  constructor(database: DatabaseSync) {
    this.#select = database.prepare("SELECT value FROM settings WHERE name = ?");
    this.#insert = database.prepare("INSERT INTO settings (name, value) VALUES (?, ?)");
  }

  get(name: string): string | undefined {
    return this.#select.get(name)?.value as string | undefined;
  }

  getOrCreate(name: string, initial: string): string {
    const kept = this.get(name);
    if (kept === undefined) this.#insert.run(name, initial);
    return kept ?? initial;
  }
}
