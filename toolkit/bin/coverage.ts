import { readFile, writeFile } from "node:fs/promises";
import { commandLineError, readCommandLine } from "../command-line/index.ts";
import {
  coverageHtml,
  coverageText,
  Recorder,
  readHar,
  readRecords,
  reportCoverage,
} from "../coverage/index.ts";
import { loadDocument } from "../openapi/index.ts";

const help = `Usage: contract-first coverage <document> (--har <file> | --records <folder>) [--html <file>]

Tells which items of a contract traffic has exercised, and lists those that it has not.
Exit code 0: all of them; 1: some are missing; 2: it could not be told.

  --har <file>          traffic as HTTP Archive; several times
  --records <folder>    what processes of a test run have kept
  --html <file>         the report as a page
  --summary             the first line only
`;

export async function coverage(args: readonly string[]): Promise<number> {
  const options = {
    har: { type: "string", multiple: true },
    records: { type: "string" },
    html: { type: "string" },
    summary: { type: "boolean" },
  } as const;
  const parsed = readCommandLine(args, help, options, ["document"]);
  if (parsed === undefined) return 0;
  const { har = [], records, html, summary } = parsed.values;
  if (har.length === 0 && records === undefined)
    throw commandLineError("There is no traffic: give --har or --records", help);
  const document = await loadDocument(parsed.positionals[0] ?? "");
  const recorder = new Recorder(document);
  for (const file of har)
    for (const exchange of readHar(await readFile(file, "utf8"))) recorder.record(exchange);
  const kept = records === undefined ? [] : await readRecords(records);
  const report = reportCoverage(document, [...recorder.hits, ...kept]);
  const text = coverageText(report);
  process.stdout.write(summary ? text.slice(0, text.indexOf("\n") + 1) : text);
  if (html !== undefined) await writeFile(html, coverageHtml(report));
  return report.missing.length === 0 ? 0 : 1;
}
