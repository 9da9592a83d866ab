import type { SettingRows } from "../../rows.ts";
import type { Setting } from "../../tables.ts";

/** The settings that a batch of writes concerns, in memory: which there are, and which are to be kept. */
export class PostgresSettingRows implements SettingRows {
  readonly #values: Map<string, string>;
  readonly #created = new Map<string, string>();

  constructor(stored: ReadonlyMap<string, string>) {
    this.#values = new Map(stored);
  }

  getOrCreate(name: string, initial: string): string {
    const kept = this.#values.get(name);
    if (kept !== undefined) return kept;
    this.#values.set(name, initial);
    this.#created.set(name, initial);
    return initial;
  }

  /** Settings that are not stored yet. */
  get created(): readonly Setting[] {
    return Array.from(this.#created, ([name, value]) => ({ name, value }));
  }
}
