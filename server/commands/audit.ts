import { setTimeout as delay } from "node:timers/promises";
import { commandLineError, readCommandLine } from "contract-first/command-line";
import { represent, toId } from "../audit/representation.ts";
import { readConfig } from "../config/config.ts";
import { openCipher } from "../secrets/secrets.ts";
import { openWrappedKey, wrappedKeys } from "../secrets/wrapped-key.ts";
import { type AuditKey, toAuditEvent } from "../store/audit/event.ts";
import { AuditMac } from "../store/audit/mac.ts";
import { verifyAudit } from "../store/audit/verify.ts";
import { openTables } from "../store/open.ts";
import { pages, type Tables } from "../store/tables.ts";
import { untilInterrupted } from "./interruption.ts";

const usage = `Usage: authentication-methods audit [--user <id>] [--since <time>] [--follow]
       authentication-methods audit verify

Prints the audit trail of DATABASE_URL as JSON lines, the oldest event first; or verifies that none was
changed, put in or removed, with the ENCRYPTION_KEYS of the servers.

  --user <id>      only what was done to this user
  --since <time>   only from then on: 2026-01-31, 2026-01-31T08:00:00Z, or 90m, 24h, 7d ago
  --follow         go on with what comes, until it is stopped
`;

const pageSize = 1_000;
const pollMilliseconds = 1_000;
/** A transaction that began earlier may be committed later, in microseconds. */
const overlap = 10_000_000;
const units = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

interface Selection {
  readonly since: number;
  readonly userId: string | undefined;
}

/** Prints the audit trail, or verifies it; exit code 1 where something is wrong with it. */
export async function audit(args: readonly string[]): Promise<void> {
  const options = {
    user: { type: "string" },
    since: { type: "string" },
    follow: { type: "boolean", default: false },
  } as const;
  const read = readCommandLine(args, usage, options, [], ["action"]);
  if (read === undefined) return;
  const { user, since, follow } = read.values;
  const [action] = read.positionals;
  if (action !== undefined && action !== "verify")
    throw commandLineError(`There is nothing called '${action}' to do`, usage);
  if (action !== undefined && (user ?? since ?? (follow || undefined)) !== undefined)
    throw commandLineError("verify looks at the whole trail: it takes no options", usage);
  const selection = { userId: user, since: since === undefined ? 0 : moment(since) };
  const config = readConfig(process.env, action === "verify" ? ["keys"] : []);
  const tables = await openTables(config.databaseUrl);
  try {
    if (action === "verify") await verify(tables, config);
    else await print(tables, selection, follow);
  } finally {
    await tables.close();
  }
}

async function print(tables: Tables, selection: Selection, follow: boolean): Promise<void> {
  let isWanted = true;
  const stop = () => {
    isWanted = false;
  };
  // Who reads the lines may stop when it has enough, as `head` does.
  process.stdout.once("error", stop);
  if (follow) process.once("SIGINT", stop).once("SIGTERM", stop);
  let printed = new Map<string, number>();
  let { since } = selection;
  do {
    const after = (key: AuditKey | undefined) =>
      tables.auditEventsAfter(key, pageSize, { ...selection, since });
    for await (const rows of pages(after)) {
      for (const row of rows) {
        if (!isWanted) return;
        if (printed.has(toId(row))) continue;
        if (follow) printed.set(toId(row), row.occurredAt);
        if (!process.stdout.write(`${JSON.stringify(represent(toAuditEvent(row)))}\n`)) await drained();
      }
      since = Math.max(since, (rows.at(-1)?.occurredAt ?? 0) - overlap);
    }
    printed = new Map([...printed].filter(([, occurredAt]) => occurredAt >= since));
    if (follow && isWanted) await delay(pollMilliseconds);
  } while (follow && isWanted);
}

function drained(): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.once("drain", resolve).once("error", () => resolve());
  });
}

async function verify(tables: Tables, config: Parameters<typeof openCipher>[0]): Promise<void> {
  const settings = new Map((await tables.settings()).map(({ name, value }) => [name, value]));
  const getOrCreateSetting = async (name: string) => {
    const kept = settings.get(name);
    if (kept === undefined)
      throw new Error(
        "The database has no key of an audit trail: no server has used it yet, or it was removed.",
      );
    return kept;
  };
  const key = await openWrappedKey(
    { getOrCreateSetting },
    await openCipher(config, "refuse"),
    wrappedKeys.audit,
  );
  const { events, chains, faults } = await untilInterrupted(
    (signal) => verifyAudit(tables, new AuditMac(key), signal),
    () => "Stopped before the end, so nothing is said of the audit trail: run it again, from the beginning.",
  );
  for (const fault of faults) process.stdout.write(`${fault}\n`);
  if (faults.length > 0) {
    throw new Error(
      `The audit trail is not as it was written (${faults.length} faults): find out who can write to the database, and compare with a backup.`,
    );
  }
  process.stdout.write(`All ${events} events in ${chains} chains are as they were written.\n`);
}

/** Microseconds since the UNIX epoch. */
function moment(text: string): number {
  const [, count, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  if (unit !== undefined)
    return (Date.now() - Number(count) * units[unit as keyof typeof units] * 1_000) * 1_000;
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time))
    throw commandLineError("--since must be a time such as 2026-01-31T08:00:00Z or 24h", usage);
  return time * 1_000;
}
