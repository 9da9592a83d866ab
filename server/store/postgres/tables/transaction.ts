import type { Sql } from "../connection.ts";
import { isConflict, toStoreError } from "../errors.ts";

/** How often a transaction is run again that has met one of a server's in the other order. */
const attempts = 5;

export type Transaction = Parameters<Parameters<Sql["begin"]>[1]>[0];

/** What a transaction sends at once; each tells how many rows it wrote. */
export type Statements = readonly PromiseLike<{ readonly count: number }>[];

/**
 * Runs `work` in a transaction without the time limits of requests, since whole tables may be read, and what is read
 * may be written to something slow.
 *
 * @throws StoreUnavailableError, StoreFullError
 */
export async function transact<Result>(
  sql: Sql,
  mode: "read only" | "read write" | "isolation level repeatable read read only",
  work: (sql: Transaction) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return (await sql.begin(mode, async (transaction) => {
        const [, result] = await Promise.all([
          transaction`
            SELECT set_config('statement_timeout', '0', true),
              set_config('idle_in_transaction_session_timeout', '0', true)`,
          work(transaction),
        ]);
        return result;
      })) as Result;
    } catch (error) {
      if (!isConflict(error) || attempt === attempts) throw toStoreError(error);
    }
  }
}
