import { StoreUnavailableError } from "../errors.ts";
import { ConnectionPool, type Sql } from "./connection.ts";
import { isRefusal, toStoreError } from "./errors.ts";
import type { Primary } from "./primary.ts";

/**
 * Runs transactions that no request waits for, one after the other on a connection of their own.
 *
 * They are not the driver's `begin`: where the connection is lost, that writes its ROLLBACK to a socket that is gone,
 * and the error this throws belongs to nobody, so it ends the process.
 */
export class Housekeeping {
  readonly #pool: ConnectionPool;
  #last: Promise<unknown> = Promise.resolve();

  constructor(primary: Primary) {
    this.#pool = new ConnectionPool(primary, 1);
  }

  /** @throws StoreUnavailableError where the connection is lost; what has become of the transaction is then unknown */
  run<Result>(work: (sql: Sql) => Promise<Result>): Promise<Result> {
    const result = this.#last.then(() => this.#transact(work));
    this.#last = result.catch(() => {});
    return result;
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#pool.close();
  }

  async #transact<Result>(work: (sql: Sql) => Promise<Result>): Promise<Result> {
    try {
      return await this.#pool.runRaw(async (connections) => {
        const { sql, losses } = connections;
        try {
          await sql`BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE`;
          const result = await work(sql);
          await sql`COMMIT`;
          if (connections.losses !== losses)
            throw new StoreUnavailableError("The connection to the database was lost.");
          return result;
        } catch (error) {
          if (isRefusal(error)) await sql`ROLLBACK`;
          else this.#pool.discard(connections);
          throw error;
        }
      });
    } catch (error) {
      throw toStoreError(error);
    }
  }
}
