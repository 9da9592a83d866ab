import { readCommandLine } from "contract-first/command-line";
import { readConfig } from "../config/config.ts";
import { openTables } from "../store/open.ts";

const usage = `Usage: authentication-methods count

Tells how many users and authentication methods DATABASE_URL holds.
`;

/** Tells how many users and methods there are. */
export async function count(args: readonly string[]): Promise<void> {
  if (readCommandLine(args, usage, {}) === undefined) return;
  const tables = await openTables(readConfig(process.env, []).databaseUrl);
  try {
    const { users, methods } = await tables.counts();
    process.stdout.write(`${users} users, ${methods} authentication methods\n`);
  } finally {
    await tables.close();
  }
}
