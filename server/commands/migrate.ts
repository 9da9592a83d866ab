import { commandLineError, readCommandLine } from "contract-first/command-line";
import { readConfig } from "../config/config.ts";
import type { SchemaStatus } from "../store/migration.ts";
import { migrateDatabase, schemaStatus } from "../store/open.ts";
import { untilInterrupted } from "./interruption.ts";

const usage = `Usage: authentication-methods migrate [--status | --dry-run]

Brings the schema of the database in DATABASE_URL up to date, as serve does when it starts. Each step is a
transaction of its own; stopped halfway it can be run again.

  --status    tell the version of the schema and what there is to do, and change nothing
  --dry-run   print the SQL that would be run, and change nothing
`;

const options = {
  status: { type: "boolean", default: false },
  "dry-run": { type: "boolean", default: false },
} as const;

/** Brings the schema of the configured database up to date and tells what has changed, or what would. */
export async function migrate(args: readonly string[]): Promise<void> {
  const read = readCommandLine(args, usage, options);
  if (read === undefined) return;
  const { status, "dry-run": isDryRun } = read.values;
  if (status && isDryRun) throw commandLineError("--status and --dry-run cannot be given together", usage);
  const { databaseUrl } = readConfig(process.env, []);
  if (status) tell(`${summary(await schemaStatus(databaseUrl))}\n`);
  else if (isDryRun) tellSql(await schemaStatus(databaseUrl));
  else {
    const { from, to } = await untilInterrupted(
      () => migrateDatabase(databaseUrl),
      () => "Stopped: a step that was under way is undone. Run it again, and it goes on where it stopped.",
    );
    tell(
      from === to
        ? `The schema is up to date (version ${to}).\n`
        : `The schema was at version ${from} and is now at version ${to}.\n`,
    );
  }
}

/** The SQL is all of standard output, so that it can be kept in a file. */
function tellSql(status: SchemaStatus): void {
  process.stderr.write(`${summary(status)}\n`);
  for (const { version, sql } of status.pending) tell(`-- version ${version}\n${sql.trim()}\n`);
}

function summary({ version, pending }: SchemaStatus): string {
  const newest = pending.at(-1)?.version;
  return newest === undefined
    ? `The schema is up to date (version ${version}).`
    : `The schema is at version ${version}; migrate, or the start of a server, brings it to version ${newest} (steps to run: ${pending.length}).`;
}

function tell(text: string): void {
  process.stdout.write(text);
}
