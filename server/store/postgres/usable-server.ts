import { StoreOpenError } from "../errors.ts";
import { type Sql, withinTime } from "./connection-pool.ts";

/**
 * Refuses what the promises of a store cannot be kept with: a PostgreSQL older than `oldest`, a replica, one that
 * may lose what it acknowledges, and a pooler that gives a session less than it asks for.
 *
 * @throws StoreOpenError
 */
export async function insistOnUsableServer(sql: Sql, oldest: number): Promise<void> {
  const [server] = await withinTime(sql<
    { version: number; commit: string; recovering: boolean; guarded: string }[]
  >`
    SELECT current_setting('server_version_num')::int / 10000 AS version, pg_is_in_recovery() AS recovering,
      current_setting('synchronous_commit') AS commit,
      current_setting('default_transaction_read_only') AS guarded`);
  if (server === undefined) return;
  if (server.version < oldest) {
    throw new StoreOpenError(
      `The database in DATABASE_URL is PostgreSQL ${server.version}: name one of version ${oldest} or later.`,
    );
  }
  if (server.recovering) {
    throw new StoreOpenError("The database in DATABASE_URL is a read-only replica: name the primary server.");
  }
  if (server.commit === "off") {
    throw new StoreOpenError(
      "The database in DATABASE_URL may lose what it has acknowledged: set synchronous_commit to on for its role.",
    );
  }
  if (server.guarded !== "on") {
    throw new StoreOpenError(
      "DATABASE_URL leads through a pooler that drops the parameters of a session: name the database itself, or let the pooler pass default_transaction_read_only.",
    );
  }
}
