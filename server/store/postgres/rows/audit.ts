import type { UnsealedRow } from "../../audit/chain.ts";
import type { AuditRows } from "../../rows.ts";

/** The events that a batch of writes records, in memory until they are sealed and saved with it. */
export class PostgresAuditRows implements AuditRows {
  readonly #appended: UnsealedRow[] = [];

  append(event: UnsealedRow): void {
    this.#appended.push(event);
  }

  get appended(): readonly UnsealedRow[] {
    return this.#appended;
  }
}
