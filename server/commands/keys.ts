import { commandLineError, readCommandLine } from "contract-first/command-line";
import { readConfig } from "../config/config.ts";
import { countByKey } from "../maintenance/key-usage.ts";
import { type RotationSummary, rotateKeys } from "../maintenance/rotate.ts";
import type { SecretCipher } from "../secrets/cipher.ts";
import { openCipher } from "../secrets/secrets.ts";
import { strictlyIncreasingClock } from "../store/clock.ts";
import { StoreFullError, StoreUnavailableError } from "../store/errors.ts";
import { openTables } from "../store/open.ts";
import type { Tables } from "../store/tables.ts";
import { untilInterrupted } from "./interruption.ts";
import { showProgress } from "./progress.ts";

const usage = `Usage: authentication-methods keys rotate
       authentication-methods keys status

status tells how many secrets in DATABASE_URL are encrypted under which key.

rotate encrypts all of them anew under the first key of ENCRYPTION_KEYS, while servers run.
Before, give every server the new key behind the old one, and when all have it, in front of it.
Afterwards the old one can be removed. Stopped halfway it can be run again.
`;

/** What there is to do with keys: `keys rotate` and `keys status`. */
export async function keys(args: readonly string[]): Promise<void> {
  const read = readCommandLine(args, usage, {}, [], ["action"]);
  if (read === undefined) return;
  const [action] = read.positionals;
  if (action === "status") return status();
  if (action !== "rotate") throw commandLineError("There is nothing to do but rotate or status", usage);
  const config = readConfig(process.env, []);
  if (config.encryptionKeys === undefined) {
    throw new Error(
      "ENCRYPTION_KEYS must be set to rotate keys: the new key first, then those that secrets may be encrypted with.",
    );
  }
  const cipher = await openCipher(config);
  const maintenance = await openTables(config.databaseUrl);
  try {
    await rotateUntilDone(() => rotate(cipher, maintenance), cipher.source);
  } finally {
    await maintenance.close();
  }
}

/** Which keys are in use, and which of those are given; exit code 1 where one is missing. */
async function status(): Promise<void> {
  const config = readConfig(process.env, ["keys"]);
  const cipher = await openCipher(config, "refuse");
  const tables = await openTables(config.databaseUrl);
  try {
    const counts = await countByKey(tables, strictlyIncreasingClock()());
    const ids = new Set([...cipher.keyIds, ...counts.keys()]);
    for (const id of ids) {
      const role = !cipher.keyIds.includes(id)
        ? `not in ${cipher.source}`
        : id === cipher.keyIds[0]
          ? "encrypts"
          : "decrypts only";
      process.stdout.write(`${id}: ${counts.get(id) ?? 0} secrets (${role})\n`);
    }
    const missing = [...counts.keys()].filter((id) => !cipher.keyIds.includes(id));
    if (missing.length > 0)
      throw new Error(`Add ${missing.join(" and ")} to ${cipher.source}: secrets are encrypted under it.`);
  } finally {
    await tables.close();
  }
}

async function rotate(cipher: SecretCipher, maintenance: Tables): Promise<RotationSummary> {
  const progress = showProgress("records read");
  let read = "none";
  const onProgress = (...[done, total]: [done: number, total: number]) => {
    read = `${done} of ${total}`;
    progress.update(done, total);
  };
  try {
    const now = strictlyIncreasingClock();
    return await untilInterrupted(
      (signal) => rotateKeys({ maintenance, cipher, now, onProgress, signal }),
      () =>
        `Stopped with ${read} records read: their secrets are under the first key, so keep the others. Run it again, and it goes on where it stopped.`,
    );
  } catch (error) {
    if (!(error instanceof StoreUnavailableError || error instanceof StoreFullError)) throw error;
    throw new Error(
      `The rotation stopped (${error.message}): run it again, and it goes on where it stopped.`,
      {
        cause: error,
      },
    );
  } finally {
    progress.end();
  }
}

/** A second look shows whether any server still encrypts with another key. */
async function rotateUntilDone(pass: () => Promise<RotationSummary>, variable: string): Promise<void> {
  const { reencrypted, current, undecryptable } = await pass();
  process.stdout.write(
    `Re-encrypted ${reencrypted} secrets under the first key; ${current} were under it already.\n`,
  );
  if (undecryptable > 0) {
    throw new Error(
      `${undecryptable} secrets are left that none of the keys decrypts: add the key they were encrypted with to ${variable}, and rotate again.`,
    );
  }
  const again = await pass();
  if (again.reencrypted + again.undecryptable + again.changed > 0) {
    throw new Error(
      "Secrets were encrypted with another key meanwhile: give every server the new key first, and rotate again.",
    );
  }
  process.stdout.write("All secrets are under the first key: the other keys can be removed.\n");
}
