import type { AuditChain } from "../audit/chain.ts";
import type { AuditMac } from "../audit/mac.ts";
import type { Write } from "../engine.ts";
import { StoreUnavailableError } from "../errors.ts";
import { createAuditChain } from "./audit-chain.ts";
import type { ConnectionPool } from "./connection.ts";
import { isRefusal } from "./errors.ts";
import { beginAndLoad } from "./load.ts";
import { type LoadedRows, PostgresRows, unite } from "./rows/rows.ts";
import { saveAndCommit } from "./save.ts";

/** One connection, used by nothing else meanwhile, and the chain of the audit trail that it alone writes to. */
export interface Writer {
  readonly pool: ConnectionPool;
  /** Absent before the first write, and after one of which it is unknown what has become. */
  chain: AuditChain | undefined;
}

/**
 * Runs writes in one transaction in two exchanges with the database: lock and read; write and commit. In
 * between, the rules decide in memory. The outcomes are in the order of the writes; one that throws is rejected
 * and leaves nothing, and the others go on.
 *
 * @param mac of the audit trail; undefined while none of the writes can be recorded there
 * @throws StoreUnavailableError where the connection is lost; what has become of the writes is then unknown.
 *   PostgreSQL's errors as they are, once nothing is left of the transaction.
 */
export async function transact(
  writer: Writer,
  writes: readonly Write<unknown>[],
  mac: AuditMac | undefined,
): Promise<readonly PromiseSettledResult<unknown>[]> {
  const { pool } = writer;
  let { chain } = writer;
  try {
    const outcomes = await pool.runRaw(async (connections) => {
      const { sql, losses } = connections;
      const insist = () => {
        if (connections.losses === losses) return;
        throw new StoreUnavailableError("The connection to the database was lost.");
      };
      try {
        if (mac !== undefined && chain === undefined && writes.some(({ isRecorded }) => isRecorded)) {
          const created = await createAuditChain(sql, mac);
          insist();
          chain = created;
        }
        const loaded = await beginAndLoad(sql, unite(writes));
        insist();
        const { decided, outcomes } = decide(loaded, writes);
        const { appended } = decided.audit;
        const sealed = appended.length === 0 ? undefined : existing(chain).seal(appended);
        await saveAndCommit(sql, decided, sealed);
        insist();
        if (sealed !== undefined) chain?.commit(sealed);
        return outcomes;
      } catch (error) {
        // On a connection that is lost or in doubt there is nothing to end, but statements may wait for the next.
        if (isRefusal(error)) await sql`ROLLBACK`;
        else pool.discard(connections);
        throw error;
      }
    });
    writer.chain = chain;
    return outcomes;
  } catch (error) {
    // Here and not above: a transaction that was given up may end long after the writer's next one has begun.
    writer.chain = isRefusal(error) ? chain : undefined;
    throw error;
  }
}

function existing(chain: AuditChain | undefined): AuditChain {
  if (chain === undefined) throw new Error("The audit trail has no key.");
  return chain;
}

/** Where a write throws half-way, all are decided again without it. */
function decide(loaded: LoadedRows, writes: readonly Write<unknown>[]) {
  const failures = new Map<Write<unknown>, unknown>();
  for (;;) {
    const rows = new PostgresRows(loaded);
    const failed = failures.size;
    const outcomes = writes.map((write): PromiseSettledResult<unknown> => {
      if (failures.has(write)) return { status: "rejected", reason: failures.get(write) };
      if (failures.size > failed) return { status: "rejected", reason: undefined };
      try {
        return { status: "fulfilled", value: write.decide(rows) };
      } catch (reason) {
        failures.set(write, reason);
        return { status: "rejected", reason };
      }
    });
    if (failures.size === failed) return { decided: rows, outcomes };
  }
}
