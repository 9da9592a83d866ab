import {
  AuditChain,
  type AuditChainRow,
  emptyChain,
  registerId,
  type SealedEvents,
  withAnotherChain,
} from "../audit/chain.ts";
import type { AuditMac } from "../audit/mac.ts";
import type { Sql } from "./connection.ts";
import { insertAuditEvents } from "./statements.ts";

/**
 * Begins another chain, in a transaction of its own: who does so at the same time waits for the register, and
 * nobody else does. Where it throws, the transaction is still to be ended.
 *
 * @param sql one connection, used by nothing else meanwhile
 */
export async function createAuditChain(sql: Sql, mac: AuditMac): Promise<AuditChain> {
  // Not the driver's `begin`, which writes its ROLLBACK to a connection that may be gone.
  await sql`BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE`;
  const none = emptyChain(registerId, mac);
  const put = (row: Pick<AuditChainRow, "chainId" | "sequence" | "mac">) => sql`
      INSERT INTO audit_chains (chain_id, sequence, mac, start_sequence, start_seal, start_mac)
      VALUES (${row.chainId}::bigint, ${row.sequence}::bigint, ${row.mac}, 0, '', '')`;
  const [{ highest } = { highest: null }] = await sql<{ highest: number | null }[]>`
      SELECT max(chain_id) AS highest FROM audit_chains`;
  // Who comes first makes the register; a chain without one tells that it was taken away.
  if (highest === null) await sql`${put(none)} ON CONFLICT DO NOTHING`;
  const [register] = await sql<Pick<AuditChainRow, "sequence" | "mac">[]>`
      SELECT sequence, mac FROM audit_chains WHERE chain_id = ${registerId}::bigint FOR UPDATE`;
  const [{ last } = { last: 0 }] = await sql<{ last: number }[]>`
      SELECT max(chain_id) AS last FROM audit_chains`;
  const next = withAnotherChain(register, last ?? 0, mac);
  if (register === undefined) await put(next);
  else {
    await sql`
        UPDATE audit_chains SET sequence = ${next.sequence}::bigint, mac = ${next.mac}
        WHERE chain_id = ${registerId}::bigint`;
  }
  await put(emptyChain(next.sequence, mac));
  await sql`COMMIT`;
  return new AuditChain(next.sequence, mac);
}

/** The statements that write what a transaction has recorded. */
export function saveAuditEvents(sql: Sql, { rows, head }: SealedEvents): readonly Promise<unknown>[] {
  return [
    insertAuditEvents(sql, rows),
    sql`
      UPDATE audit_chains SET sequence = ${head.sequence}::bigint, mac = ${head.mac}
      WHERE chain_id = ${head.chainId}::bigint`,
  ];
}
