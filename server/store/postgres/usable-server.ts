import { StoreOpenError } from "../errors.ts";
import { type Sql, withinTime } from "./connection.ts";

/**
 * Refuses what the promises of a store cannot be kept with: a PostgreSQL older than `oldest`, a replica, one that
 * may lose what it acknowledges, and a pooler that gives a session less than it asks for.
 *
 * @throws StoreOpenError
 */
export async function insistOnUsableServer(sql: Sql, oldest: number): Promise<void> {
  const rows = await withinTime(sql<{ version: number; commit: string; recovering: boolean; pid: number }[]>`
    SELECT current_setting('server_version_num')::int / 10000 AS version, pg_is_in_recovery() AS recovering,
      current_setting('synchronous_commit') AS commit, pg_backend_pid() AS pid`);
  const [server] = rows;
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
  const dropped = await droppedParameters(sql);
  if (dropped.length > 0) {
    throw new StoreOpenError(
      `DATABASE_URL leads through a pooler that drops the parameters of a session: name the database itself, or set ${dropped.join(", ")} for its role with ALTER ROLE.`,
    );
  }
  // Which process to cancel is told once for a session, so a pooler that changes processes tells of one it made up.
  // What is prepared in one process is missing in the next: the driver then prepares it again, too late for the order
  // of what it has sent behind, and takes answers for those to other statements.
  const isPooled = rows.state.pid !== server.pid;
  if (isPooled && sql.options.prepare) {
    throw new StoreOpenError(
      "DATABASE_URL leads through a pooler, where a prepared statement may be gone when it is used: add the parameter prepare=false.",
    );
  }
}

/** The names of those that the session has not got as it asked for them. */
async function droppedParameters(sql: Sql): Promise<readonly string[]> {
  const asked = Object.entries({ ...sql.options.connection, default_transaction_read_only: true });
  // In a transaction, which a pooler that shares sessions statement by statement refuses.
  const parameters = await withinTime(
    sql.begin(
      "read only",
      // PostgreSQL writes both alike, "4000" as "4s"; what is set here ends with the transaction.
      (transaction) => transaction<{ name: string; given: string; asked: string }[]>`
        SELECT asked.name, current_setting(asked.name) AS given, set_config(asked.name, asked.value, true) AS asked
        FROM unnest(
          ${asked.map(([name]) => name)}::text[], ${asked.map(([, value]) => String(value))}::text[]
        ) AS asked (name, value)
        JOIN pg_settings AS setting ON lower(setting.name) = lower(asked.name) AND setting.context = 'user'`,
    ),
  );
  return parameters
    .filter(({ given, asked }) => given !== asked)
    .map(({ name }) => name)
    .toSorted();
}
