import type { DatabaseSync, StatementSync } from "node:sqlite";
import {
  AuditChain,
  type AuditChainRow,
  emptyChain,
  registerId,
  type SealedEvents,
  type UnsealedRow,
  withAnotherChain,
} from "../../audit/chain.ts";
import type { AuditMac } from "../../audit/mac.ts";
import type { AuditRows } from "../../rows.ts";
import { toId } from "../audit-columns.ts";
import type { TransactionPart } from "../writes.ts";

/** The events of the transaction that is under way, which are sealed and written before it is committed. */
export class SqliteAuditRows implements AuditRows, TransactionPart {
  readonly #register: StatementSync;
  readonly #insert: StatementSync;
  readonly #putChain: StatementSync;
  readonly #putHead: StatementSync;
  #mac: AuditMac | undefined;
  #chain: AuditChain | undefined;
  #events: UnsealedRow[] = [];
  #sealed: SealedEvents | undefined;

  constructor(database: DatabaseSync) {
    this.#register = database.prepare(`
      SELECT sequence, mac, (SELECT max(chain_id) FROM audit_chains) AS highest
      FROM (SELECT 1) LEFT JOIN audit_chains ON chain_id = ${registerId}`);
    this.#insert = database.prepare(
      "INSERT INTO audit_events (id, occurred_at, user_id, event, seal) VALUES (?, ?, ?, ?, ?)",
    );
    this.#putChain = database.prepare(`
      INSERT INTO audit_chains (chain_id, sequence, mac, start_sequence, start_seal, start_mac)
      VALUES (?1, ?2, ?3, 0, '', '')
      ON CONFLICT (chain_id) DO UPDATE SET sequence = excluded.sequence, mac = excluded.mac`);
    this.#putHead = database.prepare("UPDATE audit_chains SET sequence = ?, mac = ? WHERE chain_id = ?");
  }

  open(mac: AuditMac): void {
    this.#mac = mac;
  }

  append(event: UnsealedRow): void {
    this.#events.push(event);
  }

  begin(): void {
    this.#events = [];
    this.#sealed = undefined;
  }

  save(): void {
    if (this.#events.length === 0) return;
    if (this.#mac === undefined) throw new Error("The audit trail has no key.");
    this.#chain ??= this.#createChain(this.#mac);
    this.#sealed = this.#chain.seal(this.#events);
    const { rows, head } = this.#sealed;
    for (const { chainId, sequence, occurredAt, userId, event, seal } of rows)
      this.#insert.run(toId(chainId, sequence), occurredAt, userId, event, seal);
    this.#putHead.run(head.sequence, head.mac, head.chainId);
  }

  committed(): void {
    if (this.#sealed !== undefined) this.#chain?.commit(this.#sealed);
  }

  /** What was begun with it is undone, a new chain too. */
  rolledBack(): void {
    this.#chain = undefined;
  }

  #createChain(mac: AuditMac): AuditChain {
    const {
      sequence,
      mac: kept,
      highest,
    } = this.#register.get() as unknown as Partial<AuditChainRow> & {
      highest: number | null;
    };
    const register = sequence == null || kept == null ? undefined : { sequence, mac: kept };
    const next = withAnotherChain(register, highest ?? 0, mac);
    const empty = emptyChain(next.sequence, mac);
    for (const row of [next, empty]) this.#putChain.run(row.chainId, row.sequence, row.mac);
    return new AuditChain(next.sequence, mac);
  }
}
