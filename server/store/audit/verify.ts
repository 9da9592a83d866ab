import { pages, type Tables } from "../tables.ts";
import { type AuditChainRow, registerId } from "./chain.ts";
import type { AuditRow } from "./event.ts";
import type { AuditMac } from "./mac.ts";

/** What `verifyAudit` has looked at, and what is wrong. */
export interface AuditVerification {
  readonly events: number;
  readonly chains: number;
  /** One sentence for each place where something was changed, put in or removed. */
  readonly faults: readonly string[];
}

const pageSize = 1_000;

/**
 * Reads the whole audit trail and tells whether it is as it was written: each transaction's events by their seal,
 * each chain's end by its head, and how many chains there are by the register.
 *
 * @throws StoreUnavailableError, and what the signal was aborted with
 */
export async function verifyAudit(
  tables: Tables,
  mac: AuditMac,
  signal?: AbortSignal,
): Promise<AuditVerification> {
  return tables.inSnapshot(async (snapshot) => {
    const faults: string[] = [];
    const rows = await snapshot.auditChains();
    const chains = rows.filter(({ chainId }) => chainId !== registerId);
    faults.push(...registerFaults(rows, mac));
    let events = 0;
    for (const chain of chains) {
      const verified = await verifyChain(snapshot, chain, mac, signal);
      events += verified.events;
      faults.push(...verified.faults);
    }
    const strays = (await snapshot.counts()).events - events;
    if (strays > 0) faults.push(`${strays} events are in no chain: they were put in.`);
    return { events, chains: chains.length, faults };
  });
}

function registerFaults(rows: readonly AuditChainRow[], mac: AuditMac): readonly string[] {
  const register = rows.find(({ chainId }) => chainId === registerId);
  if (register === undefined) return rows.length === 0 ? [] : ["The register of the chains was removed."];
  const { sequence } = register;
  const faults: string[] = [];
  if (register.mac !== mac.head(registerId, sequence, ""))
    faults.push("The register of the chains was changed.");
  const ids = new Set(rows.map(({ chainId }) => chainId));
  for (let id = 1; id <= sequence; id += 1) if (!ids.has(id)) faults.push(`Chain ${id} was removed.`);
  for (const id of ids) if (id > sequence) faults.push(`Chain ${id} was put in.`);
  return faults;
}

async function verifyChain(tables: Tables, chain: AuditChainRow, mac: AuditMac, signal?: AbortSignal) {
  const { chainId, startSequence, startSeal } = chain;
  const faults: string[] = [];
  if (startSequence > 0 && chain.startMac !== mac.start(chainId, startSequence, startSeal))
    faults.push(
      `The beginning of chain ${chainId} was changed: events before ${startSequence + 1} may be missing.`,
    );
  let events = 0;
  let sequence = startSequence;
  let seal = startSeal;
  /** The events of a transaction, as far as they have been read. */
  let open: AuditRow[] = [];
  const read = (last: AuditRow | undefined) =>
    tables.auditEventsOf(chainId, last?.sequence ?? startSequence, pageSize);
  for await (const page of pages<AuditRow, AuditRow>(read, undefined, signal)) {
    for (const row of page) {
      events += 1;
      if (row.sequence !== sequence + 1) faults.push(missing(chainId, sequence + 1, row.sequence - 1));
      sequence = row.sequence;
      open.push(row);
      if (row.seal === null) continue;
      if (row.seal !== mac.seal(chainId, seal, open)) faults.push(changed(chainId, open));
      seal = row.seal;
      open = [];
    }
  }
  if (open.length > 0) faults.push(changed(chainId, open));
  if (sequence < chain.sequence) faults.push(missing(chainId, sequence + 1, chain.sequence));
  else if (sequence > chain.sequence)
    faults.push(`Chain ${chainId}: ${range(chain.sequence + 1, sequence)} put in.`);
  else if (chain.mac !== mac.head(chainId, sequence, seal))
    faults.push(`The end of chain ${chainId} was changed.`);
  return { events, faults };
}

function missing(chainId: number, from: number, to: number): string {
  return `Chain ${chainId}: ${range(from, to)} removed.`;
}

/** Which of the events of a transaction was changed, or whether one was put in between, its seal does not tell. */
function changed(chainId: number, rows: readonly AuditRow[]): string {
  const [from = 0, to = 0] = [rows[0]?.sequence, rows.at(-1)?.sequence];
  return `Chain ${chainId}: ${range(from, to)} changed.`;
}

function range(from: number, to: number): string {
  return from === to ? `event ${from} was` : `events ${from} to ${to} were`;
}
