import type { AuditChainRow } from "../../audit/chain.ts";
import type { AuditKey, AuditRow } from "../../audit/event.ts";
import { auditColumns } from "../statements.ts";
import type { Statements, Transaction } from "./transaction.ts";

/* The audit trail as tables. */

export async function readAuditChains(sql: Transaction): Promise<readonly AuditChainRow[]> {
  const rows = await sql<AuditChainRow[]>`
    SELECT chain_id AS "chainId", sequence, mac, start_sequence AS "startSequence", start_seal AS "startSeal",
      start_mac AS "startMac"
    FROM audit_chains ORDER BY chain_id`;
  return [...rows];
}

export async function readAuditEventsOf(
  sql: Transaction,
  chainId: number,
  sequence: number,
  limit: number,
): Promise<readonly AuditRow[]> {
  const rows = await sql<AuditRow[]>`
    SELECT ${auditColumns(sql)} FROM audit_events
    WHERE chain_id = ${chainId}::bigint AND sequence > ${sequence}::bigint ORDER BY sequence LIMIT ${limit}::bigint`;
  return [...rows];
}

export async function readAuditEventsAfter(
  sql: Transaction,
  key: AuditKey | undefined,
  limit: number,
  { since, userId }: { readonly since: number; readonly userId: string | undefined },
): Promise<readonly AuditRow[]> {
  const { occurredAt, chainId, sequence } = key ?? { occurredAt: since, chainId: -1, sequence: 0 };
  const ofUser = userId === undefined ? sql`` : sql`user_id = ${userId} AND`;
  const rows = await sql<AuditRow[]>`
    SELECT ${auditColumns(sql)} FROM audit_events
    WHERE ${ofUser} (occurred_at, chain_id, sequence) >
      (${occurredAt}::bigint, ${chainId}::bigint, ${sequence}::bigint)
    ORDER BY occurred_at, chain_id, sequence LIMIT ${limit}::bigint`;
  return [...rows];
}

export function putAuditChains(sql: Transaction, chains: readonly AuditChainRow[]): Statements {
  return [
    sql`
      INSERT INTO audit_chains (chain_id, sequence, mac, start_sequence, start_seal, start_mac)
      SELECT * FROM unnest(
        ${chains.map(({ chainId }) => chainId)}::bigint[],
        ${chains.map(({ sequence }) => sequence)}::bigint[],
        ${chains.map(({ mac }) => mac)}::text[],
        ${chains.map(({ startSequence }) => startSequence)}::bigint[],
        ${chains.map(({ startSeal }) => startSeal)}::text[],
        ${chains.map(({ startMac }) => startMac)}::text[]
      )
      ON CONFLICT (chain_id) DO UPDATE SET sequence = excluded.sequence, mac = excluded.mac,
        start_sequence = excluded.start_sequence, start_seal = excluded.start_seal, start_mac = excluded.start_mac`,
  ];
}
