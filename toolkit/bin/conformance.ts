import { readFile, writeFile } from "node:fs/promises";
import { commandLineError, readCommandLine } from "../command-line/index.ts";
import {
  type ConformanceOptions,
  checkConformance,
  type Exchange,
  har,
  htmlReport,
  jsonLines,
  junit,
  type Phase,
  phases,
  planConformance,
  replayFindings,
  textReport,
} from "../conformance/index.ts";

const help = `Usage: contract-first conformance <document> <url>

Holds a running server, in whatever language, against an OpenAPI document (a file or URL).
Exit code 0: nothing was found; 1: something was; 2: the run could not be made.

  --token <jwt>           a bearer token; several times: their scopes and subjects are read from their claims. Tokens of
                          one subject show whether scopes are asked for; with another subject's token too, whether
                          one user reaches what another has made
  --api-key name=value    the key of a security scheme, by the name of its header, query parameter or cookie
  --header "name: value"  sent with every request that carries credentials

  --phases ${phases.join(",")}
                          what to do, in this order (all)
  --runs 25               random values for each operation
  --seed 1                the same seed makes the same values
  --max-requests 10000    the most that are sent
  --max-time 5            seconds that an answer may take
  --rate 50               requests a second (as fast as the server answers)
  --only <operation>      operationId, path or "GET /path", * for anything; several times
  --exclude <operation>   likewise
  --dry-run               print what would be sent, and send nothing
  --replay <file>         send the requests of an earlier --json again

  --json <file>           findings as JSON lines
  --junit <file>          findings as JUnit's XML
  --har <file>            all exchanges as HTTP Archive
  --html <file>           findings as a page

An operation whose rules go beyond its schemas says so in the contract, with the reason:
  x-conformance-ignore: { refused-allowed: "Only a phone takes a preferred way." }

What the run has not made itself is never deleted. Credentials are in none of the reports.
`;

const text = { type: "string" } as const;
const texts = { type: "string", multiple: true } as const;
const options = {
  token: texts,
  "api-key": texts,
  header: texts,
  phases: text,
  runs: text,
  seed: text,
  "max-requests": text,
  "max-time": text,
  rate: text,
  only: texts,
  exclude: texts,
  "dry-run": { type: "boolean" },
  replay: text,
  json: text,
  junit: text,
  har: text,
  html: text,
} as const;

/** Exchanges that are kept for `--har`: the last ones. */
const mostExchanges = 20_000;

export async function conformance(args: readonly string[]): Promise<number> {
  const parsed = readCommandLine(args, help, options, ["document", "url"]);
  if (parsed === undefined) return 0;
  const { values, positionals } = parsed;
  const [document = "", url = ""] = positionals;
  const exchanges: Exchange[] = [];
  const chosen: ConformanceOptions = {
    ...readOptions(values),
    ...(values.har !== undefined && {
      onExchange: (exchange) => {
        if (exchanges.push(exchange) > mostExchanges) exchanges.shift();
      },
    }),
    ...(process.stderr.isTTY && { onProgress: progressLine }),
  };
  if (values["dry-run"]) return printPlan(document, chosen);
  const result =
    values.replay === undefined
      ? await checkConformance(document, url, chosen)
      : await replayFindings(document, url, await readFile(values.replay, "utf8"), chosen);
  if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
  process.stdout.write(textReport(result));
  const reports = [
    [values.json, () => jsonLines(result)],
    [values.junit, () => junit(result)],
    [values.har, () => har(exchanges, result.secrets)],
    [values.html, () => htmlReport(result)],
  ] as const;
  for (const [file, write] of reports) if (file !== undefined) await writeFile(file, write());
  return result.findings.length === 0 ? 0 : 1;
}

type Values = NonNullable<ReturnType<typeof readCommandLine<typeof options>>>["values"];

function readOptions(values: Values): ConformanceOptions {
  const numbers = { runs: "runs", seed: "seed", rate: "rate", "max-requests": "maxRequests" } as const;
  const found: Record<string, unknown> = {};
  for (const [flag, option] of Object.entries(numbers)) {
    const value = values[flag as keyof typeof numbers];
    if (value !== undefined) found[option] = readNumber(flag, value);
  }
  if (values["max-time"] !== undefined) found.maxTime = readNumber("max-time", values["max-time"]) * 1_000;
  if (values.phases !== undefined) found.phases = values.phases.split(",").map(readPhase);
  if (values.token !== undefined) found.tokens = values.token;
  if (values["api-key"] !== undefined) found.apiKeys = readPairs("api-key", "=", values["api-key"]);
  if (values.header !== undefined) found.headers = readPairs("header", ":", values.header);
  return { ...found, only: values.only ?? [], exclude: values.exclude ?? [] };
}

function readNumber(flag: string, value: string): number {
  const number = Number(value);
  if (value.trim() === "" || !(number >= 0)) throw commandLineError(`--${flag} ${value} is no number`, help);
  return number;
}

function readPhase(name: string): Phase {
  const phase = phases.find((each) => each === name.trim());
  if (phase === undefined) throw commandLineError(`There is no phase "${name}"`, help);
  return phase;
}

/** The value may be a secret: a pair that is not understood is not repeated. */
function readPairs(flag: string, separator: string, pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf(separator);
      if (at < 1) throw commandLineError(`--${flag} takes a name, "${separator}" and a value`, help);
      const name = pair.slice(0, at).trim();
      return [flag === "header" ? name.toLowerCase() : name, pair.slice(at + 1).trim()];
    }),
  );
}

function progressLine({
  requests,
  findings,
  phase,
  operation,
}: {
  requests: number;
  findings: number;
  phase: string;
  operation: string;
}): void {
  const line = `${requests} requests, ${findings} findings, ${phase}: ${operation}`;
  process.stderr.write(`\r\u001b[K${line.slice(0, (process.stderr.columns ?? 80) - 1)}`);
}

async function printPlan(document: string, chosen: ConformanceOptions): Promise<number> {
  const plan = await planConformance(document, chosen);
  const lines = plan.map(({ operation, requests }) => {
    const counts = Object.entries(requests).filter(([, count]) => count > 0);
    return `${operation}: ${counts.map(([phase, count]) => `${phase} ${count}`).join(", ")}\n`;
  });
  process.stdout.write(
    `${lines.join("")}Besides these: what makes the things that they need, and takes it away again.\n`,
  );
  return 0;
}
