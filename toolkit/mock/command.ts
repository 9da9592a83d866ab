import { readFile } from "node:fs/promises";
import { CommandLineError, listenError } from "../command-line/index.ts";
import { isObject, type JsonObject } from "../openapi/json.ts";
import { parseText, SyntaxProblem } from "../openapi/source-text.ts";
import { type Flags, flagOf, parseFlags } from "./command-line/flags.ts";
import { help } from "./command-line/help.ts";
import { createLog, type Log } from "./command-line/log.ts";
import { oddities } from "./command-line/oddities.ts";
import { plain, plainLines } from "./command-line/plain.ts";
import { type Watch, watchFiles } from "./command-line/watch.ts";
import { type CreateMockOptions, createMock, DocumentError, type Mock, type MockOptions } from "./mock.ts";
import { localCertificate } from "./transport/certificate.ts";

/** What to mock where the command line names no document. */
export interface DefaultMock {
  readonly document: string | JsonObject;
  /** A backend, extra routes and whatever else belongs to it. The command line's own flags win. */
  readonly options: MockOptions;
  /** The options that would change nothing, since something else than the document answers: their flags are refused. */
  readonly unsupported?: readonly (keyof MockOptions)[];
  /** Lines to print at the start: what to try first, given where the mock listens and what it was asked for. */
  readonly hints?: (url: string, options: MockOptions) => readonly string[];
  /** Called after the mock has stopped. */
  readonly close?: () => Promise<void>;
}

/** Where certificates are kept, beside the server's own data. */
const dataFolder = "data";
const mostProblems = 5;
/** Operations listed at the start. */
const mostOperations = 20;

/**
 * Runs `mock` until SIGTERM or SIGINT.
 *
 * @param argv the arguments after `mock`
 * @param defaultMock what to mock where `argv` names no document; without it `argv` has to name one
 * @param usage how it is called, as its help shows it
 * @returns the exit code: 0 stopped as asked, 1 could not start, 2 a wrong command line
 */
export async function runMock(
  argv: readonly string[],
  defaultMock?: () => Promise<DefaultMock>,
  usage = "contract-first mock <document …>",
): Promise<number> {
  try {
    const flags = parseFlags(argv);
    if (flags.help) {
      process.stdout.write(help(usage));
      return 0;
    }
    const fallback = flags.documents.length === 0 ? await openDefault(flags, defaultMock) : undefined;
    await runUntilStopped(flags, fallback);
    await fallback?.close?.();
    return 0;
  } catch (error) {
    const frame = frameOf(error);
    process.stderr.write(`${plain(explain(error))}\n${frame === undefined ? "" : `${plainLines(frame)}\n`}`);
    return error instanceof CommandLineError ? 2 : 1;
  }
}

/** @throws CommandLineError where no document is named though one is needed, or a flag would change nothing */
async function openDefault(flags: Flags, defaultMock?: () => Promise<DefaultMock>): Promise<DefaultMock> {
  if (!defaultMock)
    throw new CommandLineError("There is no document to mock: name one, or several. See --help.");
  const fallback = await defaultMock();
  const asked = [...Object.keys(flags.mock), ...(flags.seedDataFile === undefined ? [] : ["seedData"])];
  const moot = fallback.unsupported?.find((option) => asked.includes(option));
  if (moot === undefined) return fallback;
  await fallback.close?.();
  throw new CommandLineError(
    `${flagOf(moot)} works where a document is mocked: name one. Here the application itself answers, which remembers, validates and has no samples.`,
  );
}

async function runUntilStopped(flags: Flags, fallback: DefaultMock | undefined): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    process.once("SIGTERM", resolve);
    process.once("SIGINT", resolve);
  });
  const log = createLog({
    level: flags.verboseLevel,
    format: flags.log,
    colour: process.stdout.hasColors?.() ?? false,
    write: (text) => process.stdout.write(text),
  });
  const certificate = flags.https ? await localCertificate(dataFolder, flags.host) : undefined;
  const options: CreateMockOptions = {
    ...fallback?.options,
    ...flags.mock,
    ...(flags.seedDataFile !== undefined && { seedData: await readSeedData(flags.seedDataFile) }),
    host: flags.host,
    port: flags.port,
    ...(certificate && { certificate }),
    onExchange: log.exchange,
    onCallback: log.callback,
  };
  const readAt = Date.now();
  const mock = await createMock(fallback?.document ?? flags.documents, options).catch((error: unknown) => {
    throw listenError(error, flags);
  });
  announce(mock, log, certificate?.certificateFile);
  for (const line of fallback?.hints?.(mock.url, options) ?? []) log.note("info", line);
  const watch = await watchDocuments(mock, readAt, log);
  await stopped;
  await watch?.close();
  await mock.close();
}

function announce(mock: Mock, log: Log, certificateFile: string | undefined): void {
  const problems = mock.documents.flatMap((document) => [
    ...document.unreadable,
    ...document.duplicates,
    ...document.dangling,
    ...oddities(document),
  ]);
  const frames = new Map(mock.documents.flatMap((document) => [...document.frames]));
  for (const problem of problems.slice(0, mostProblems)) log.note("warn", problem, frames.get(problem));
  if (problems.length > mostProblems)
    log.note("warn", `… and ${problems.length - mostProblems} more of this kind.`);
  process.stdout.write(`Mock is listening on ${mock.url}\n`);
  for (const { method, path } of mock.operations.slice(0, mostOperations))
    log.note("info", `  ${method.toUpperCase().padEnd(7)} ${path}`);
  log.note(
    "info",
    `${mock.operations.length} operations; reference at ${mock.url}/docs, document at ${mock.url}/openapi.json`,
  );
  if (certificateFile !== undefined) {
    log.note(
      "info",
      `Trust the certificate: NODE_EXTRA_CA_CERTS=${certificateFile}, curl --cacert ${certificateFile}`,
    );
  }
}

async function watchDocuments(mock: Mock, readAt: number, log: Log): Promise<Watch | undefined> {
  const files = () => mock.documents.flatMap((document) => document.files);
  if (files().length === 0) return undefined;
  const watch = await watchFiles(files(), readAt, () => {
    mock.reload().then(
      () => {
        watch.add(files());
        log.note("info", `Reloaded: ${mock.operations.length} operations`);
      },
      (error: unknown) => log.note("warn", `Kept the last good document. ${explain(error)}`, frameOf(error)),
    );
  });
  return watch;
}

async function readSeedData(file: string): Promise<Record<string, JsonObject[]>> {
  const expected = 'an object of arrays of objects is expected: {"/pets": [{"id": 1}]}.';
  let data: unknown;
  try {
    data = (await parseText(await readFile(file, "utf8"))).value;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new DocumentError(`--seed-data ${file} does not exist.`);
    if (code !== undefined) throw new DocumentError(`--seed-data ${file} cannot be read (${code}).`);
    throw new DocumentError(`--seed-data ${file}: ${explain(error)}`, frameOf(error));
  }
  if (
    !isObject(data) ||
    !Object.values(data).every((items) => Array.isArray(items) && items.every(isObject))
  ) {
    throw new DocumentError(`--seed-data ${file}: ${expected}`);
  }
  return data as Record<string, JsonObject[]>;
}

function explain(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The place in a file that an error tells of. */
function frameOf(error: unknown): string | undefined {
  return error instanceof DocumentError || error instanceof SyntaxProblem ? error.frame : undefined;
}
