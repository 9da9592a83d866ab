import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { readCommandLine } from "contract-first/command-line";
import { type Config, readConfig } from "../config/config.ts";
import { type ExportSummary, exportLines } from "../maintenance/export.ts";
import { createPrivateFile } from "../private-file.ts";
import type { SecretCipher } from "../secrets/cipher.ts";
import { openCipher } from "../secrets/secrets.ts";
import { openWrappedKey, wrappedKeys } from "../secrets/wrapped-key.ts";
import { openStore, openTables } from "../store/open.ts";
import { untilInterrupted } from "./interruption.ts";
import { operator } from "./operator.ts";
import { showProgress } from "./progress.ts";

const usage = `Usage: authentication-methods export [<file>] [--with-secrets]

Writes all users and authentication methods of DATABASE_URL as JSON lines that import takes,
to standard output (no file, or -) or to a new file that only its owner can read. The audit trail tells who did so, for
which the ENCRYPTION_KEYS of the servers are needed.

  --with-secrets   write totp secrets in clear; without it totp methods are left out
`;

/** Writes everything as JSON lines; tells on standard error how many there are. */
export async function exportCommand(args: readonly string[]): Promise<void> {
  const read = readCommandLine(
    args,
    usage,
    { "with-secrets": { type: "boolean", default: false } },
    [],
    ["file"],
  );
  if (read === undefined) return;
  const [path] = read.positionals;
  const config = readConfig(process.env, ["keys"]);
  const maintenance = await openTables(config.databaseUrl);
  const cipher = await openCipher(config, "refuse");
  await record(config, cipher);
  const progress = showProgress("lines written");
  const summary: ExportSummary = { users: 0, methods: 0, withoutSecret: 0, undecryptable: 0 };
  try {
    const { users, methods } = await maintenance.counts();
    const options = {
      cipher: read.values["with-secrets"] ? cipher : undefined,
      onProgress: (lines: number) => progress.update(lines, Math.max(lines, users + methods)),
    };
    await untilInterrupted(
      (signal) =>
        maintenance.inSnapshot((snapshot) =>
          writeLines(exportLines(snapshot, { ...options, signal }, summary), path),
        ),
      () =>
        `Stopped after ${summary.users} users and ${summary.methods} authentication methods: ${isFile(path) ? `${path} was not written` : "what was written is not whole"}. Run it again, from the beginning.`,
    );
  } finally {
    progress.end();
    await maintenance.close();
  }
  tell(summary, cipher);
}

/** Phone numbers and e-mail addresses are written in full, so who does it is recorded before. */
async function record(config: Config, cipher: SecretCipher): Promise<void> {
  const store = await openStore(config.databaseUrl, {
    unknownUsers: config.unknownUsers,
    limits: config.methodLimits,
    auditKey: (settings) => openWrappedKey(settings, cipher, wrappedKeys.audit),
  });
  try {
    await store.record("export", operator("export"));
  } finally {
    await store.close();
  }
}

function tell(
  { users, methods, withoutSecret, undecryptable }: ExportSummary,
  { source: variable }: SecretCipher,
): void {
  process.stderr.write(`Exported ${users} users and ${methods} authentication methods.\n`);
  if (withoutSecret > 0) {
    process.stderr.write(
      `Left out ${withoutSecret} totp methods, which cannot be imported without their secrets: --with-secrets writes them.\n`,
    );
  }
  if (undecryptable > 0) {
    throw new Error(
      `Left out ${undecryptable} totp methods whose secrets none of the keys in ${variable} decrypts: give the key they were encrypted with, and export again.`,
    );
  }
}

async function writeLines(lines: AsyncIterable<string>, path: string | undefined): Promise<void> {
  if (!isFile(path)) {
    await pipeline(Readable.from(lines), process.stdout as Writable, { end: false }).catch(ignoreClosedPipe);
    return;
  }
  await createPrivateFile(path, lines).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "EEXIST") throw new Error(`${path} exists already: name a new file.`);
    if (error.syscall !== "open") throw error;
    throw new Error(
      `${path} cannot be created (${error.message}): name a file in a folder that can be written.`,
    );
  });
}

function isFile(path: string | undefined): path is string {
  return path !== undefined && path !== "-";
}

/** Who reads the lines may stop when it has enough, as `head` does. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}
