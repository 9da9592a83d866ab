/** Sequences are below it. */
const PER_CHAIN = 2 ** 32;

/** The `id` of an event. */
export function toId(chainId: number, sequence: number): number {
  return chainId * PER_CHAIN + sequence;
}

/** The columns of an `AuditRow`. */
export const auditColumns = `
  id / ${PER_CHAIN} AS chainId, id % ${PER_CHAIN} AS sequence, occurred_at AS occurredAt,
  user_id AS userId, event, seal`;
