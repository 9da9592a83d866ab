import { type AuditChainCount, registerId } from "../audit/chain.ts";
import type { AuditKey, AuditRow } from "../audit/event.ts";
import type { AuditMac } from "../audit/mac.ts";
import type { Sql } from "./connection.ts";
import { auditColumns } from "./statements.ts";

/* What is read of the audit trail, and what is removed after its time. */

export async function auditRowsOfUser(
  sql: Sql,
  userId: string,
  limit: number,
  before?: AuditKey,
): Promise<readonly AuditRow[]> {
  const { occurredAt, chainId, sequence } = before ?? {
    occurredAt: Number.MAX_SAFE_INTEGER,
    chainId: 0,
    sequence: 0,
  };
  const rows = await sql<AuditRow[]>`
    SELECT ${auditColumns(sql)} FROM audit_events
    WHERE user_id = ${userId}
      AND (occurred_at, chain_id, sequence) < (${occurredAt}::bigint, ${chainId}::bigint, ${sequence}::bigint)
    ORDER BY occurred_at DESC, chain_id DESC, sequence DESC LIMIT ${limit}::bigint`;
  return [...rows];
}

export async function auditChains(sql: Sql): Promise<readonly AuditChainCount[]> {
  const rows = await sql<AuditChainCount[]>`
    SELECT chain_id AS id, sequence AS recorded, sequence - start_sequence AS kept
    FROM audit_chains WHERE chain_id > ${registerId}::bigint ORDER BY chain_id`;
  return [...rows];
}

/** In a transaction that may write: at most `limit` events from before `moment`, up to where a transaction ends: what is left begins with a whole one. */
export async function removeAuditRows(
  sql: Sql,
  chainId: number,
  moment: number,
  limit: number,
  mac: AuditMac,
): Promise<number> {
  const [last] = await sql<{ sequence: number; seal: string }[]>`
      SELECT event.sequence, event.seal FROM audit_events AS event JOIN audit_chains AS chain USING (chain_id)
      WHERE chain_id = ${chainId}::bigint AND event.sequence > chain.start_sequence
        AND event.sequence <= chain.start_sequence + ${limit}::bigint
        AND event.seal IS NOT NULL AND event.occurred_at < ${moment}::bigint
      ORDER BY event.sequence DESC LIMIT 1`;
  if (last === undefined) return 0;
  const { sequence, seal } = last;
  const { count } = await sql`
      DELETE FROM audit_events WHERE chain_id = ${chainId}::bigint AND sequence <= ${sequence}::bigint`;
  // Last, as the chain's own writer waits for it.
  await sql`
      UPDATE audit_chains
      SET start_sequence = ${sequence}::bigint, start_seal = ${seal}, start_mac = ${mac.start(chainId, sequence, seal)}
      WHERE chain_id = ${chainId}::bigint AND start_sequence < ${sequence}::bigint`;
  return count;
}
