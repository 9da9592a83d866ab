import { parseArgs } from "node:util";
import { CommandLineError } from "../../command-line/index.ts";
import type { MockOptions } from "../options.ts";
import { parseDelay } from "../request/preference.ts";
import { type LogLevel, logLevels } from "./log.ts";

/** What a command line asks for. */
export interface Flags {
  readonly help: boolean;
  readonly documents: readonly string[];
  readonly host: string;
  readonly port: number;
  readonly https: boolean;
  readonly verboseLevel: LogLevel;
  readonly log: "text" | "json";
  readonly seedDataFile: string | undefined;
  /** Holds only what was named. */
  readonly mock: MockOptions;
}

const flags = {
  port: { type: "string", short: "p", default: "4010" },
  host: { type: "string", short: "h", default: "127.0.0.1" },
  dynamic: { type: "boolean", short: "d" },
  seed: { type: "string" },
  errors: { type: "boolean" },
  cors: { type: "boolean" },
  ignoreExamples: { type: "boolean" },
  verboseLevel: { type: "string", short: "v", default: "info" },
  // Prism forks a process for its log; ours needs none, but the flag may stand in a script.
  multiprocess: { type: "boolean", short: "m" },
  "json-schema-faker-fillProperties": { type: "boolean" },
  stateful: { type: "boolean" },
  "seed-data": { type: "string" },
  delay: { type: "string" },
  fail: { type: "string" },
  lenient: { type: "boolean" },
  validate: { type: "boolean" },
  auth: { type: "boolean" },
  https: { type: "boolean" },
  "cross-origin-refs": { type: "boolean" },
  log: { type: "string", default: "text" },
  help: { type: "boolean" },
} as const;

/**
 * Reads a command line: flags before, after or between the documents.
 *
 * @throws CommandLineError
 */
export function parseFlags(argv: readonly string[]): Flags {
  const { values, positionals } = parse(argv.map(normalize));
  const delay = values.delay === undefined ? undefined : parseDelay(values.delay);
  if (values.delay !== undefined && delay === undefined) {
    throw new CommandLineError(
      `--delay ${values.delay}: milliseconds (300) or a range (200-800) up to 60000 are expected.`,
    );
  }
  const fail = values.fail === undefined ? undefined : parseShare(values.fail);
  return {
    help: values.help ?? false,
    documents: positionals,
    host: values.host,
    port: parsePort(values.port),
    https: values.https ?? false,
    verboseLevel: oneOf("--verboseLevel", values.verboseLevel, logLevels),
    log: oneOf("--log", values.log, ["text", "json"]),
    seedDataFile: values["seed-data"],
    mock: given({
      dynamic: values.dynamic,
      seed: values.seed,
      errors: values.errors,
      cors: values.cors,
      ignoreExamples: values.ignoreExamples,
      fillProperties: values["json-schema-faker-fillProperties"],
      validate: values.validate,
      auth: values.auth,
      lenient: values.lenient,
      stateful: values.stateful,
      crossOriginRefs: values["cross-origin-refs"],
      delay,
      fail,
    }),
  };
}

/** The flag that sets an option: `--no-validate` for `validate`. */
export function flagOf(option: keyof MockOptions): string {
  const names: Partial<Record<keyof MockOptions, string>> = {
    ...{ fillProperties: "--json-schema-faker-fillProperties", seedData: "--seed-data" },
    crossOriginRefs: "--cross-origin-refs",
    ...{ validate: "--no-validate", auth: "--no-auth", cors: "--no-cors" },
  };
  return names[option] ?? `--${option}`;
}

/** Only what the command line names: the rest may be set elsewhere. */
function given(options: { [Name in keyof MockOptions]: MockOptions[Name] | undefined }): MockOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** Prism's parser takes `--ignore-examples` for `--ignoreExamples`, and `--cors=false`. */
function normalize(argument: string): string {
  const [, name, value] = /^--([^=]+)=(true|false)$/.exec(argument) ?? [];
  const isBoolean = name !== undefined && flags[camel(name) as keyof typeof flags]?.type === "boolean";
  if (isBoolean) return `--${value === "true" ? "" : "no-"}${camel(name)}`;
  return argument.replace(
    /^--(no-)?(ignore-examples|verbose-level)/,
    (_, no = "", flag: string) => `--${no}${camel(flag)}`,
  );
}

function camel(name: string): string {
  return /^(ignore|verbose)-/.test(name)
    ? name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
    : name;
}

function parse(argv: string[]) {
  try {
    return parseArgs({
      args: argv,
      options: flags,
      allowPositionals: true,
      allowNegative: true,
      strict: true,
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const [first] = message.split(". ", 1);
    throw new CommandLineError(`${(first ?? message).replace(/\.?$/, ".")} See --help.`);
  }
}

function parsePort(value: string): number {
  const port = Number(value);
  if (!/^\d+$/.test(value) || port > 65_535)
    throw new CommandLineError(`--port ${value}: a number from 0 to 65535 is expected.`);
  return port;
}

function parseShare(value: string): number {
  const share = /^\d+(\.\d+)?%$/.test(value) ? Number(value.slice(0, -1)) / 100 : Number(value);
  if (value.trim() === "" || !(share >= 0 && share <= 1)) {
    throw new CommandLineError(`--fail ${value}: a share of the requests is expected, such as 5% or 0.05.`);
  }
  return share;
}

function oneOf<T extends string>(flag: string, value: string, choices: readonly T[]): T {
  const choice = choices.find((one) => one === value);
  if (choice === undefined)
    throw new CommandLineError(`${flag} ${value}: one of ${choices.join(", ")} is expected.`);
  return choice;
}
