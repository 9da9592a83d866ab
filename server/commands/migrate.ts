import { parseArgs } from "node:util";
import { readConfig } from "../config/config.ts";
import { migrateDatabase } from "../store/open.ts";

/** Brings the schema of the configured database up to date and tells what has changed. */
export async function migrate(args: readonly string[]): Promise<void> {
  parseArgs({ args: [...args], options: {} });
  const { from, to } = await migrateDatabase(readConfig(process.env).databaseUrl);
  process.stdout.write(
    from === to
      ? `The schema is up to date (version ${to}).\n`
      : `The schema was at version ${from} and is now at version ${to}.\n`,
  );
}
