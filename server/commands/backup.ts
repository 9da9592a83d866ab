import { resolve } from "node:path";
import { readCommandLine } from "contract-first/command-line";
import { readConfig } from "../config/config.ts";
import { backupSqlite } from "../maintenance/backup.ts";
import { locateDatabase } from "../store/database-url.ts";
import { untilInterrupted } from "./interruption.ts";
import { showProgress } from "./progress.ts";

const usage = `Usage: authentication-methods backup <file>

Writes a copy of the SQLite database in DATABASE_URL to a new file that only its owner can read, while
the server runs: all that was acknowledged before it began is in it. Secrets in it are encrypted: keep
the ENCRYPTION_KEYS, elsewhere. PostgreSQL has its own: see docs/operations.md.
`;

/** Copies the configured database to a new file and tells what is in the copy. */
export async function backup(args: readonly string[]): Promise<void> {
  const read = readCommandLine(args, usage, {}, ["file"]);
  if (read === undefined) return;
  const [target = ""] = read.positionals;
  const path = sqlitePath(
    readConfig(process.env, []).databaseUrl,
    "PostgreSQL is backed up by its own tools: run pg_dump --format=custom, or archive its log for a restore to any moment (docs/operations.md).",
  );
  const progress = showProgress("pages copied");
  const { users, methods, schema } = await untilInterrupted(
    (signal) => backupSqlite(path, resolve(target), progress.update, signal),
    () => `Stopped: ${target} was not written. Run it again, from the beginning.`,
  )
    .catch((error: NodeJS.ErrnoException) => {
      if (error.code === "EEXIST") throw new Error(`${target} exists already: name a new file.`);
      if (error.syscall !== "open") throw error;
      throw new Error(
        `${target} cannot be created (${error.message}): name a file in a folder that can be written.`,
      );
    })
    .finally(progress.end);
  process.stdout.write(
    `Backed up ${users} users and ${methods} authentication methods (schema version ${schema}) to ${target}.\n`,
  );
}

/** @throws Error with `otherwise` where the database is one of PostgreSQL */
export function sqlitePath(databaseUrl: string, otherwise: string): string {
  const location = locateDatabase(databaseUrl);
  if (location.engine !== "sqlite") throw new Error(otherwise);
  if (location.path === ":memory:")
    throw new Error("A database in memory is gone with its server: name a file in DATABASE_URL.");
  return resolve(location.path);
}
