import { open } from "node:fs/promises";
import { readConfig } from "../config/config.ts";
import { type ImportSummary, importLines } from "../maintenance/import.ts";
import { openCipher, openSecrets } from "../secrets/secrets.ts";
import { openWrappedKey, wrappedKeys } from "../secrets/wrapped-key.ts";
import { strictlyIncreasingClock } from "../store/clock.ts";
import { openStore } from "../store/open.ts";
import { commandLineError, readCommandLine } from "./command-line.ts";
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

/** Creates what a file asks for, line by line; exit code 1 where a line was bad. */
export async function importCommand(args: readonly string[]): Promise<void> {
  const read = readCommandLine(args, usage, { "create-users": { type: "boolean", default: false } }, [
    "file",
  ]);
  if (read === undefined) return;
  const [path] = read.positionals;
  if (path === undefined) throw commandLineError("Name the file to import, or - for standard input", usage);
  const config = readConfig(process.env, ["keys"]);
  const source = await openSource(path);
  const cipher = await openCipher(config);
  const store = await openStore(config.databaseUrl, {
    unknownUsers: config.unknownUsers,
    limits: config.methodLimits,
    auditKey: (settings) => openWrappedKey(settings, cipher, wrappedKeys.audit),
  });
  const progress = showProgress("lines");
  try {
    const summary = await importLines(source, {
      store,
      secrets: await openSecrets(store, cipher),
      now: strictlyIncreasingClock(),
      actor: operator("import"),
      createUsers: read.values["create-users"],
      onBadLine(number, reason) {
        progress.end();
        process.stderr.write(`line ${number}: ${reason}\n`);
      },
      onProgress: progress.update,
    });
    progress.end();
    tell(summary);
  } finally {
    progress.end();
    await store.close();
  }
}

async function openSource(path: string): Promise<AsyncIterable<Buffer>> {
  if (path === "-") return process.stdin;
  try {
    const file = await open(path);
    if ((await file.stat()).isDirectory()) throw new Error("it is a folder");
    return file.createReadStream({ highWaterMark: chunkBytes });
  } catch (error) {
    throw new Error(`${path} cannot be read (${(error as Error).message}): name a file of JSON lines.`);
  }
}

function tell({ usersCreated, methodsCreated, alreadyThere, badLines }: ImportSummary): void {
  process.stdout.write(
    `Created ${usersCreated} users and ${methodsCreated} authentication methods; ${alreadyThere} lines were there already, ${badLines} were bad.\n`,
  );
  if (badLines > 0) process.exitCode = 1;
}
