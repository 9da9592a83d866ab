import { type ParseArgsOptionsConfig, parseArgs } from "node:util";

/** The command line makes no sense; the message is one sentence that names `--help`. */
export class CommandLineError extends Error {
  override readonly name = "CommandLineError";
}

/**
 * Reads a command's options and arguments; for `--help` it prints `usage` and returns undefined.
 *
 * @param usage its first line is `Usage: authentication-methods <command> …`
 * @throws CommandLineError
 */
export function readCommandLine<Options extends ParseArgsOptionsConfig>(
  args: readonly string[],
  usage: string,
  options: Options,
  argumentNames: readonly string[] = [],
) {
  if (args.includes("--help") || args.includes("-h")) {
    process.stdout.write(usage);
    return undefined;
  }
  try {
    const parsed = parseArgs({ args: [...args], options, allowPositionals: true });
    const surplus = parsed.positionals[argumentNames.length];
    if (surplus === undefined) return parsed;
    // In a URL there may be a password.
    throw new Error(`Unexpected argument ${surplus.includes("://") ? "that is a URL" : `'${surplus}'`}`);
  } catch (error) {
    // What follows the first sentence explains a special case of arguments that begin with a hyphen.
    const [reason = ""] = (error as Error).message.split(". ", 1);
    throw commandLineError(reason, usage);
  }
}

/** @returns an error whose message ends with where to read on */
export function commandLineError(reason: string, usage: string): CommandLineError {
  const [, command = ""] = /^Usage: (\S+(?: [a-z]+)+)/.exec(usage) ?? [];
  return new CommandLineError(`${reason} (see ${command} --help).`);
}
