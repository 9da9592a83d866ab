#!/usr/bin/env -S node --max-semi-space-size=8
// V8 would let the young generation grow to 96 MB, which makes nothing faster; with 8 MB for each half it is 24.
import module from "node:module";

// Before anything else is imported, so that its compiled code is read from the cache. Older versions of Node have none.
module.enableCompileCache?.();

const commands: Readonly<Record<string, () => Promise<(args: readonly string[]) => Promise<void>>>> = {
  audit: async () => (await import("./commands/audit.ts")).audit,
  backup: async () => (await import("./commands/backup.ts")).backup,
  config: async () => (await import("./commands/config.ts")).config,
  copy: async () => (await import("./commands/copy.ts")).copy,
  count: async () => (await import("./commands/count.ts")).count,
  export: async () => (await import("./commands/export.ts")).exportCommand,
  import: async () => (await import("./commands/import.ts")).importCommand,
  keys: async () => (await import("./commands/keys.ts")).keys,
  migrate: async () => (await import("./commands/migrate.ts")).migrate,
  mock: async () => (await import("./commands/mock.ts")).mock,
  restore: async () => (await import("./commands/restore.ts")).restore,
  serve: async () => (await import("./commands/serve.ts")).serve,
  token: async () => (await import("./commands/token.ts")).token,
};

const usage = `Usage: authentication-methods <command>

  audit [verify]            print or verify who did what
  backup <file>             copy the SQLite database while the server runs
  config check              print the configuration, and try the database, the issuer and Redis
  copy --from … --to …      copy everything to another database
  count                     how many users and authentication methods there are
  export [<file>]           write everything as JSON lines
  import <file>             create what JSON lines ask for
  keys rotate               encrypt all secrets anew under the first key
  keys status               which keys secrets are encrypted under
  migrate                   bring the database's schema up to date, as serve does when it starts
  mock [<document>…]        mock any OpenAPI document, or this API (see mock --help)
  restore <file>            put a backup in the database's place
  serve                     run the server (configured by environment variables)
  token [--scope "…"]       print a token of the development issuer

  --version                 the version of this program
`;

const [name, ...args] = process.argv.slice(2);
try {
  if (name === undefined) {
    process.stderr.write(usage);
    process.exitCode = 2;
  } else await run(name, args);
} catch (error) {
  const told = error instanceof Error && process.env.LOG_LEVEL !== "debug" ? error.message : error;
  const code = exitCode(error);
  // Whatever a command has left open when it failed keeps the process no longer.
  process.stderr.write(`${String(told)}\n`, () => process.exit(code));
}

/** By their names, since what throws them is loaded with the command that does. */
function exitCode(error: unknown): number {
  if (!(error instanceof Error)) return 1;
  if (error.name === "CommandLineError") return 2;
  return error.name === "InterruptedError" && "exitCode" in error ? Number(error.exitCode) : 1;
}

async function run(name: string, args: readonly string[]): Promise<void> {
  if (Number.parseInt(process.versions.node, 10) < 24)
    throw new Error(`Node 24 or newer is needed, and this is ${process.versions.node}: install it.`);
  if (name === "help" || name === "--help" || name === "-h") {
    process.stdout.write(usage);
  } else if (name === "--version" || name === "-v") {
    process.stdout.write(`${(await import("./version.ts")).packageVersion()}\n`);
  } else {
    const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (load === undefined) throw new Error(`There is no command "${name}".\n\n${usage.trimEnd()}`);
    await (await load())(args);
  }
}
