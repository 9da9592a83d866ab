import { commandLineError, readCommandLine } from "contract-first/command-line";
import { type Config, readConfig } from "../config/config.ts";
import { parseEncryptionKeys } from "../secrets/encryption-keys.ts";
import { checkDatabase, checkIssuer, checkRedis } from "./config-checks.ts";

const usage = `Usage: authentication-methods config check

Reads the environment as serve does, prints what follows from it without secrets, and tries the database,
the issuer and Redis. It changes nothing. Exit code 1: serve would not start, or would not be ready.
`;

/** The one thing to do with the configuration: `config check`. */
export async function config(args: readonly string[]): Promise<void> {
  const read = readCommandLine(args, usage, {}, [], ["action"]);
  if (read === undefined) return;
  if (read.positionals[0] !== "check") throw commandLineError("There is nothing to do but check", usage);
  const effective = readConfig(process.env);
  const { encryptionKeys } = effective;
  const keyIds = encryptionKeys === undefined ? undefined : [...parseEncryptionKeys(encryptionKeys).keys()];
  for (const [name, value] of Object.entries(withoutSecrets(effective, keyIds)))
    process.stdout.write(`${name}: ${value === undefined ? "–" : JSON.stringify(value)}\n`);
  const checks = [
    checkDatabase(effective.databaseUrl),
    checkIssuer(effective),
    checkRedis(effective.redisUrl),
  ];
  const found = await Promise.all(checks);
  for (const { what, problem } of found) process.stdout.write(`${what}: ${problem ?? "answers"}\n`);
  const failed = found.filter(({ problem }) => problem !== undefined).map(({ what }) => what);
  if (failed.length > 0) throw new Error(`Not usable: ${failed.join(", ")}; what each says stands above.`);
}

function withoutSecrets(config: Config, keyIds: readonly string[] | undefined): object {
  const { encryptionKeys: _keys, databaseUrl, redisUrl, ...others } = config;
  return {
    ...others,
    encryptionKeys: keyIds,
    databaseUrl: withoutPassword(databaseUrl),
    redisUrl: redisUrl === undefined ? undefined : withoutPassword(redisUrl),
  };
}

/** By hand, since a URL with several hosts is none to Node; a query may hold a password, too. */
function withoutPassword(url: string): string {
  return url.replace(/\?.*$/s, "?***").replace(/\/\/.*@/s, "//***@");
}
