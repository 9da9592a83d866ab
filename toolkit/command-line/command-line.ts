import { type ParseArgsOptionsConfig, parseArgs } from "node:util";

/** The command line makes no sense; the message is one sentence that names `--help`. */
export class CommandLineError extends Error {
  override readonly name = "CommandLineError";
}

/**
 * Reads a command's options and arguments; for `--help` it prints `help` and returns undefined.
 *
 * @param help its first line is `Usage: <program> <command> …`
 * @param argumentNames of the arguments, all of which are needed
 * @param optionalNames of those that may follow
 * @throws CommandLineError
 */
export function readCommandLine<Options extends ParseArgsOptionsConfig>(
  args: readonly string[],
  help: string,
  options: Options,
  argumentNames: readonly string[] = [],
  optionalNames: readonly string[] = [],
) {
  if (args.includes("--help") || args.includes("-h")) {
    process.stdout.write(help);
    return undefined;
  }
  try {
    const parsed = parseArgs({ args: [...args], options, allowPositionals: true });
    const { positionals } = parsed;
    const most = argumentNames.length + optionalNames.length;
    const surplus = positionals[most];
    // In a URL there may be a password.
    if (surplus !== undefined)
      throw new Error(`Unexpected argument ${surplus.includes("://") ? "that is a URL" : `'${surplus}'`}`);
    if (positionals.length < argumentNames.length)
      throw new Error(`<${argumentNames[positionals.length]}> is missing`);
    return parsed;
  } catch (error) {
    // What follows the first sentence explains a special case of arguments that begin with a hyphen.
    const [reason = ""] = (error as Error).message.split(". ", 1);
    throw commandLineError(reason, help);
  }
}

/** @returns an error whose message ends with where to read on */
export function commandLineError(reason: string, help: string): CommandLineError {
  const [, command = ""] = /^Usage: (\S+(?: [a-z]+)*)/.exec(help) ?? [];
  return new CommandLineError(`${reason} (see ${command} --help).`);
}
