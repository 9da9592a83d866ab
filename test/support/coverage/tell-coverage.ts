import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import contract from "../../../generated/openapi.json" with { type: "json" };
import { coverageText, Recorder, reportCoverage } from "../../../toolkit/coverage/index.ts";
import { readDocument } from "../../../toolkit/openapi/index.ts";
import { readExchange } from "./exchange-line.ts";

/** Prints what the exchanges in `folder` have exercised of the contract, and tells whether that is all of it. */
export async function tellCoverage(folder: string): Promise<boolean> {
  const document = readDocument(contract);
  const recorder = new Recorder(document);
  for await (const name of glob("*.jsonl", { cwd: folder }))
    for (const line of (await readFile(join(folder, name), "utf8")).split("\n"))
      if (line !== "") recorder.record(readExchange(line));
  const report = reportCoverage(document, recorder.hits);
  process.stdout.write(`\n${coverageText(report)}`);
  return report.missing.length === 0;
}
