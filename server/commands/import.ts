import { open } from "node:fs/promises";
import { readCommandLine } from "contract-first/command-line";
import { readConfig } from "../config/config.ts";
import { type ImportSummary, importLines } from "../maintenance/import.ts";
import { openCipher, openSecrets } from "../secrets/secrets.ts";
import { openWrappedKey, wrappedKeys } from "../secrets/wrapped-key.ts";
import { strictlyIncreasingClock } from "../store/clock.ts";
import { openStore } from "../store/open.ts";
import { untilInterrupted } from "./interruption.ts";
import { operator } from "./operator.ts";
import { showProgress } from "./progress.ts";

const usage = `Usage: authentication-methods import <file> [--create-users]

Creates what the lines of a file (- for standard input) ask for in DATABASE_URL, each a JSON object:

  {"user_id": "auth0|ada", "user": {"connection": "Username-Password-Authentication"}}
  {"user_id": "auth0|ada", "type": "phone", "phone_number": "+442071838750"}

What stands beside user_id is the body of the request that creates the same by HTTP. Lines that
cannot be kept are told on standard error with their numbers, the others are kept. It is safe to
run again: what is there already is left alone.

  --create-users   create the users that methods name and that are not there
`;

const chunkBytes = 256 * 1024;
const noneYet: ImportSummary = { usersCreated: 0, methodsCreated: 0, alreadyThere: 0, badLines: 0 };

/** Creates what a file asks for, line by line; exit code 1 where a line was bad. */
export async function importCommand(args: readonly string[]): Promise<void> {
  const read = readCommandLine(args, usage, { "create-users": { type: "boolean", default: false } }, [
    "file",
  ]);
  if (read === undefined) return;
  const [path = ""] = read.positionals;
  const config = readConfig(process.env, ["keys"]);
  const { source, size } = await openSource(path);
  const cipher = await openCipher(config);
  const store = await openStore(config.databaseUrl, {
    unknownUsers: config.unknownUsers,
    limits: config.methodLimits,
    auditKey: (settings) => openWrappedKey(settings, cipher, wrappedKeys.audit),
  });
  const progress = showProgress(size === undefined ? "lines" : "bytes");
  const done = { lines: 0, summary: noneYet };
  try {
    const secrets = await openSecrets(store, cipher);
    const options = {
      store,
      secrets,
      now: strictlyIncreasingClock(),
      actor: operator("import"),
      createUsers: read.values["create-users"],
      onBadLine(number: number, reason: string) {
        progress.end();
        process.stderr.write(`line ${number}: ${reason}\n`);
      },
      onProgress(lines: number, summary: ImportSummary) {
        Object.assign(done, { lines, summary });
        if (size === undefined) progress.update(lines);
        else progress.update(source.bytesRead, size);
      },
    };
    const summary = await untilInterrupted(
      (signal) => {
        // It may be waiting for more of standard input.
        signal.addEventListener("abort", () => source.destroy(signal.reason));
        return importLines(source, { ...options, signal });
      },
      () =>
        `Stopped after line ${done.lines}. ${describe(done.summary)} Run it again: what is there already is left alone.`,
    );
    progress.end();
    process.stdout.write(`${describe(summary)}\n`);
    if (summary.badLines > 0) process.exitCode = 1;
  } finally {
    progress.end();
    await store.close();
  }
}

/** The size in bytes is undefined where it is not known before the end. */
async function openSource(path: string) {
  if (path === "-") return { source: process.stdin, size: undefined };
  try {
    const file = await open(path);
    const stats = await file.stat();
    if (stats.isDirectory()) throw new Error("it is a folder");
    const source = file.createReadStream({ highWaterMark: chunkBytes });
    return { source, size: stats.isFile() ? stats.size : undefined };
  } catch (error) {
    throw new Error(`${path} cannot be read (${(error as Error).message}): name a file of JSON lines.`);
  }
}

function describe({ usersCreated, methodsCreated, alreadyThere, badLines }: ImportSummary): string {
  return `Created ${usersCreated} users and ${methodsCreated} authentication methods; ${alreadyThere} lines were there already, ${badLines} were bad.`;
}
