import type { Write } from "../engine.ts";
import { StoreUnavailableError } from "../errors.ts";
import type { ConnectionPool } from "./connection.ts";
import { isRefusal } from "./errors.ts";
import { beginAndLoad } from "./load.ts";
import { type LoadedRows, PostgresRows, unite } from "./rows/rows.ts";
import { saveAndCommit } from "./save.ts";

/**
 * Runs writes in one transaction in two exchanges with the database: lock and read; write and commit. In
 * between, the rules decide in memory. The outcomes are in the order of the writes; one that throws is rejected
 * and leaves nothing, and the others go on.
 *
 * @param pool one connection, used by nothing else meanwhile
 * @throws StoreUnavailableError where the connection is lost; what has become of the writes is then unknown.
 *   PostgreSQL's errors as they are, once nothing is left of the transaction.
 */
export async function transact(
  pool: ConnectionPool,
  writes: readonly Write<unknown>[],
): Promise<readonly PromiseSettledResult<unknown>[]> {
  return pool.runRaw(async (connections) => {
    const { sql, losses } = connections;
    const insist = () => {
      if (connections.losses === losses) return;
      throw new StoreUnavailableError("The connection to the database was lost.");
    };
    try {
      const loaded = await beginAndLoad(sql, unite(writes));
      insist();
      const { decided, outcomes } = decide(loaded, writes);
      await saveAndCommit(sql, decided);
      insist();
      return outcomes;
    } catch (error) {
      // On a connection that is lost or in doubt there is nothing to end, but statements may wait for the next.
      if (isRefusal(error)) await sql`ROLLBACK`;
      else pool.discard(connections);
      throw error;
    }
  });
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
