import { CommandLineError } from "../command-line/index.ts";

/** Runs with the arguments after the command's name; gives the exit code. */
export type Command = (args: readonly string[]) => Promise<number>;

/** Each is loaded when it is asked for: nobody waits for what the others need. */
const commands: Readonly<
  Record<string, { readonly takes: string; readonly summary: string; load(): Promise<Command> }>
> = {
  init: {
    takes: "[folder]",
    summary: "make a project with server, client and tests, from a document or an example",
    load: async () => (await import("./init.ts")).init,
  },
  dev: {
    takes: "[document]",
    summary: "run server, mock, docs and types together, up to date with every save",
    load: async () => (await import("./dev.ts")).dev,
  },
  generate: {
    takes: "",
    summary: "write one bundled document and its types, from many files",
    load: async () => (await import("./generate.ts")).generate,
  },
  mock: {
    takes: "<document …>",
    summary: "run a server that answers as documents describe, on the conventions of Prism",
    load: async () => (await import("./mock.ts")).mock,
  },
  docs: {
    takes: "<document>",
    summary: "render pages to read: reference, code samples, search, and a form to try it",
    load: async () => (await import("./docs.ts")).docs,
  },
  diff: {
    takes: "<old> <new>",
    summary: "tell whether a new version of a contract breaks the consumers of the old",
    load: async () => (await import("./diff.ts")).diff,
  },
  conformance: {
    takes: "<document> <url>",
    summary: "hold a running server against a document",
    load: async () => (await import("./conformance.ts")).conformance,
  },
  coverage: {
    takes: "<document>",
    summary: "tell what of a document traffic has exercised",
    load: async () => (await import("./coverage.ts")).coverage,
  },
};

const help = `Usage: contract-first <command>

${Object.entries(commands)
  .map(([name, { takes, summary }]) => `  ${`${name} ${takes}`.padEnd(30)}${summary}\n`)
  .join("")}
contract-first <command> --help tells the rest.
`;

/**
 * The exit code is the command's own; 2 where it could not run. Errors are told in one sentence, with DEBUG set in full.
 *
 * @param argv the command's name and its arguments
 */
export async function main([name = "help", ...args]: readonly string[]): Promise<void> {
  try {
    if (name === "help" || name === "--help" || name === "-h") {
      process.stdout.write(help);
      return;
    }
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command === undefined)
      throw new CommandLineError(`There is no command "${name}" (see contract-first --help).`);
    process.exitCode = await (await command.load())(args);
  } catch (error) {
    const told = error instanceof Error && process.env.DEBUG === undefined ? error.message : error;
    process.exitCode = 2;
    // Whatever a command has left open when it failed keeps the process no longer.
    process.stderr.write(`${String(told)}\n`, () => process.exit());
  }
}
