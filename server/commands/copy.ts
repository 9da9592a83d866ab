import { commandLineError, readCommandLine } from "contract-first/command-line";
import { databaseUrl } from "../config/parsers.ts";
import { copyRecords, isSame, type TableComparison } from "../maintenance/copy.ts";
import { strictlyIncreasingClock } from "../store/clock.ts";
import { StoreFullError, StoreOpenError, StoreUnavailableError } from "../store/errors.ts";
import { openTables } from "../store/open.ts";
import type { Tables } from "../store/tables.ts";
import { untilInterrupted } from "./interruption.ts";
import { showProgress } from "./progress.ts";

const usage = `Usage: authentication-methods copy --from <database URL> --to <database URL>

Copies everything as it is (ids, moments, secrets still encrypted) from one database to
another, empty one, for example from sqlite:./data/authentication-methods.sqlite to
postgres://user@host/database, and compares the two at the end. Run it again after an
interruption: it goes on where it stopped. The servers of both need the same ENCRYPTION_KEYS.
`;

/** Copies one database to another and tells whether they are the same then. */
export async function copy(args: readonly string[]): Promise<void> {
  const read = readCommandLine(args, usage, { from: { type: "string" }, to: { type: "string" } });
  if (read === undefined) return;
  const [source, target] = [checkUrl("--from", read.values.from), checkUrl("--to", read.values.to)];
  if (source === target) throw commandLineError("--from and --to name the same database", usage);

  const [copied, compared] = [showProgress("records copied"), showProgress("records compared")];
  const from = await openNamed("--from", source, "refuse");
  try {
    const to = await openNamed("--to", target, "create");
    try {
      const now = strictlyIncreasingClock();
      let done = 0;
      const onCopied = (...progress: [done: number, total: number]) => {
        [done] = progress;
        copied.update(...progress);
      };
      const onCompared = compared.update;
      const comparisons = await untilInterrupted(
        (signal) => copyRecords({ from, to, now, onCopied, onCompared, signal }).catch(throwInterrupted),
        () =>
          `Stopped: the target has ${done} of the source's users and methods. Run it again, and it goes on where it stopped.`,
      ).finally(compared.end);
      tell(comparisons);
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
}

function throwInterrupted(error: Error): never {
  if (!(error instanceof StoreUnavailableError || error instanceof StoreFullError)) throw error;
  throw new Error(`The copy stopped (${error.message}): run it again, and it goes on where it stopped.`, {
    cause: error,
  });
}

function tell(comparisons: readonly TableComparison[]): void {
  for (const { table, from, to } of comparisons)
    process.stdout.write(`${table}: ${to.count} of ${from.count}, checksum ${to}\n`);
  const different = comparisons.filter((comparison) => !isSame(comparison)).map(({ table }) => table);
  if (different.length > 0) {
    throw new Error(
      `The ${different.join(" and ")} of the target differ from the source's: stop the servers that write to either, and copy again to an empty database.`,
    );
  }
  process.stdout.write("The copy is complete: counts and checksums are those of the source.\n");
}

/** What is told of DATABASE_URL elsewhere goes for the option here. */
async function openNamed(option: string, ...opened: Parameters<typeof openTables>): Promise<Tables> {
  try {
    return await openTables(...opened);
  } catch (error) {
    if (!(error instanceof StoreOpenError)) throw error;
    throw new StoreOpenError(error.message.replaceAll("DATABASE_URL", option));
  }
}

function checkUrl(option: string, url: string | undefined): string {
  try {
    return databaseUrl(url ?? "");
  } catch {
    throw commandLineError(`${option} must be sqlite:<path> or postgres://<user>@<host>/<database>`, usage);
  }
}
