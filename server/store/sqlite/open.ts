import { resolve } from "node:path";
import { DatabaseStore } from "../database-store.ts";
import type { Store, StoreOptions } from "../store.ts";
import { connect } from "./connection.ts";
import { SqliteEngine } from "./engine.ts";
import { FileGuard } from "./file-guard.ts";
import { threadedStore } from "./writer/threaded-store.ts";
import { Writer } from "./writer/writer.ts";

/**
 * Opens the store in the file `path`, or in memory. It reads on this thread, and writes on another with a connection
 * of its own: a commit waits for the disk, and a read does not wait with it.
 *
 * @throws StoreOpenError
 */
export async function openSqlite(path: string, options: StoreOptions): Promise<Store> {
  const database = connect(path, options.onMigrated);
  const guard = new FileGuard(database.location());
  const engine = new SqliteEngine(database, options, guard);
  // No other connection sees it, and there is no disk to wait for.
  if (path === ":memory:") return DatabaseStore.open(engine, options);
  const auditKey = openedOnce(options.auditKey);
  const direct = await DatabaseStore.open(engine, { ...options, auditKey });
  const { unknownUsers, limits } = options;
  const data = { path: resolve(path), rules: { unknownUsers, limits }, auditKey: await auditKey(direct) };
  return threadedStore(direct, new Writer(data, guard));
}

/** Both threads need the key. */
function openedOnce(open: StoreOptions["auditKey"]): StoreOptions["auditKey"] {
  let opened: ReturnType<typeof open> | undefined;
  return (settings) => {
    opened ??= open(settings);
    return opened;
  };
}
