import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type AuditChainCount, type AuditChainRow, registerId } from "../audit/chain.ts";
import type { AuditKey, AuditRow } from "../audit/event.ts";
import type { AuditMac } from "../audit/mac.ts";
import { auditColumns, toId } from "./audit-columns.ts";

/** What is read of the audit trail, and what is removed after its time. */
export class SqliteAudit {
  readonly #ofUser: StatementSync;
  readonly #chains: StatementSync;
  readonly #chain: StatementSync;
  readonly #lastExpired: StatementSync;
  readonly #delete: StatementSync;
  readonly #putStart: StatementSync;

  constructor(database: DatabaseSync) {
    const prepare = (sql: string) => database.prepare(sql);
    this.#ofUser = prepare(`
      SELECT ${auditColumns} FROM audit_events WHERE user_id = ? AND (occurred_at, id) < (?, ?)
      ORDER BY occurred_at DESC, id DESC LIMIT ?`);
    this.#chains = prepare(`
      SELECT chain_id AS id, sequence AS recorded, sequence - start_sequence AS kept
      FROM audit_chains WHERE chain_id > ${registerId}`);
    this.#chain = prepare("SELECT start_sequence AS startSequence FROM audit_chains WHERE chain_id = ?");
    // Where a transaction ends: what is left must begin with a whole one.
    this.#lastExpired = prepare(`
      SELECT ${auditColumns} FROM audit_events
      WHERE id > ?1 AND id <= ?1 + ?2 AND seal IS NOT NULL AND occurred_at < ?3 ORDER BY id DESC LIMIT 1`);
    this.#delete = prepare("DELETE FROM audit_events WHERE id > ? AND id <= ?");
    this.#putStart = prepare(`
      UPDATE audit_chains SET start_sequence = ?, start_seal = ?, start_mac = ? WHERE chain_id = ?`);
  }

  ofUser(userId: string, limit: number, before?: AuditKey): readonly AuditRow[] {
    const [occurredAt, id] =
      before === undefined
        ? [Number.MAX_SAFE_INTEGER, 0]
        : [before.occurredAt, toId(before.chainId, before.sequence)];
    return this.#ofUser.all(userId, occurredAt, id, limit) as unknown as AuditRow[];
  }

  chains(): readonly AuditChainCount[] {
    return this.#chains.all() as unknown as AuditChainCount[];
  }

  /** Called inside a transaction. */
  remove(chainId: number, moment: number, limit: number, mac: AuditMac): number {
    const { startSequence } = this.#chain.get(chainId) as unknown as AuditChainRow;
    const start = toId(chainId, startSequence);
    const last = this.#lastExpired.get(start, limit, moment) as unknown as AuditRow | undefined;
    if (last?.seal == null || last.chainId !== chainId) return 0;
    const { sequence, seal } = last;
    this.#putStart.run(sequence, seal, mac.start(chainId, sequence, seal), chainId);
    return Number(this.#delete.run(start, toId(chainId, sequence)).changes);
  }
}
