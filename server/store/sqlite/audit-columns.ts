/** Sequences are below it. */
const perChain = 2 ** 32;

/** The `id` of an event. */
export function toId(chainId: number, sequence: number): number {
  return chainId * perChain + sequence;
}

/** The columns of an `AuditRow`. */
export const auditColumns = `
  id / ${perChain} AS chainId, id % ${perChain} AS sequence, occurred_at AS occurredAt,
  user_id AS userId, event, seal`;
