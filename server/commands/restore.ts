import { resolve } from "node:path";
import { readCommandLine } from "contract-first/command-line";
import { readConfig } from "../config/config.ts";
import { restoreSqlite } from "../maintenance/restore.ts";
import { sqlitePath } from "./backup.ts";
import { untilInterrupted } from "./interruption.ts";

const usage = `Usage: authentication-methods restore <file>

Puts a backup in the place of the SQLite database in DATABASE_URL, after it was read whole. Stop the
server before. What is there is kept beside it under another name. PostgreSQL has its own: see
docs/operations.md.
`;

/** Puts a backup in the place of the configured database and tells what is in it. */
export async function restore(args: readonly string[]): Promise<void> {
  const read = readCommandLine(args, usage, {}, ["file"]);
  if (read === undefined) return;
  const [source = ""] = read.positionals;
  const path = sqlitePath(
    readConfig(process.env, []).databaseUrl,
    "PostgreSQL is restored by its own tools: run pg_restore on what pg_dump has written, or recover its log to a moment (docs/operations.md).",
  );
  const { users, methods, schema, replaced } = await untilInterrupted(
    (signal) => restoreSqlite(resolve(source), path, signal),
    () => `Stopped: ${path} is as it was. Run it again, from the beginning.`,
  );
  process.stdout.write(
    `Restored ${users} users and ${methods} authentication methods (schema version ${schema}) to ${path}.\n`,
  );
  if (replaced !== undefined)
    process.stdout.write(`What was there is in ${replaced}: delete it when it is not needed any more.\n`);
}
