import { readConfig } from "../config/config.ts";
import { migrateDatabase } from "../store/open.ts";
import { readCommandLine } from "./command-line.ts";

const usage = `Usage: authentication-methods migrate

Brings the schema of the database in DATABASE_URL up to date, as serve does when it starts.
`;

/** Brings the schema of the configured database up to date and tells what has changed. */
export async function migrate(args: readonly string[]): Promise<void> {
  if (readCommandLine(args, usage, {}) === undefined) return;
  const { from, to } = await migrateDatabase(readConfig(process.env, []).databaseUrl);
  process.stdout.write(
    from === to
      ? `The schema is up to date (version ${to}).\n`
      : `The schema was at version ${from} and is now at version ${to}.\n`,
  );
}
