#!/usr/bin/env -S node --max-semi-space-size=8
// V8 would let the young generation grow to 96 MB, which makes nothing faster; with 8 MB for each half it is 24.
import { enableCompileCache } from "node:module";

// Before anything else is imported, so that its compiled code is read from the cache.
enableCompileCache();

const commands: Readonly<Record<string, () => Promise<(args: readonly string[]) => Promise<void>>>> = {
  audit: async () => (await import("./commands/audit.ts")).audit,
  copy: async () => (await import("./commands/copy.ts")).copy,
  export: async () => (await import("./commands/export.ts")).exportCommand,
  import: async () => (await import("./commands/import.ts")).importCommand,
  keys: async () => (await import("./commands/keys.ts")).keys,
  migrate: async () => (await import("./commands/migrate.ts")).migrate,
  mock: async () => (await import("./commands/mock.ts")).mock,
  serve: async () => (await import("./commands/serve.ts")).serve,
  token: async () => (await import("./commands/token.ts")).token,
};

const usage = `Usage: authentication-methods <command>

  audit [verify]            print or verify who did what
  copy --from … --to …      copy everything to another database
  export [<file>]           write everything as JSON lines
  import <file>             create what JSON lines ask for
  keys rotate               encrypt all secrets anew under the first key
  migrate                   bring the database's schema up to date, as serve does when it starts
  mock [<document>…]        mock any OpenAPI document, or this API (see mock --help)
  serve                     run the server (configured by environment variables)
  token [--scope "…"]       print a token of the development issuer
`;

const [name = "serve", ...args] = process.argv.slice(2);
try {
  const load = commands[name];
  if (name === "help" || name === "--help" || name === "-h") process.stdout.write(usage);
  else if (load === undefined) throw new Error(`There is no command "${name}".\n\n${usage.trimEnd()}`);
  else await (await load())(args);
} catch (error) {
  const told = error instanceof Error && process.env.LOG_LEVEL !== "debug" ? error.message : error;
  // Whatever a command has left open when it failed keeps the process no longer.
  process.stderr.write(`${String(told)}\n`, () => process.exit(1));
}
