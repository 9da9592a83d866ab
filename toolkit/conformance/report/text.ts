import { checkNames } from "../checks/fault.ts";
import type { Finding } from "../findings.ts";
import type { ConformanceResult } from "../run.ts";
import { curl, withoutSecrets } from "./curl.ts";

const longestBody = 200;
const mostOperations = 4;

/** What a person reads at the end of a run. */
export function textReport(result: ConformanceResult): string {
  const { findings, warnings, requests, operations, seed, duration, secrets } = result;
  const blocks = findings.map((finding, index) => block(finding, index + 1, secrets));
  const notes = warnings.map((warning) => `Note: ${warning}`);
  const amount =
    findings.length === 0
      ? "Nothing found"
      : `${findings.length} ${findings.length === 1 ? "finding" : "findings"}`;
  const seconds = (duration / 1_000).toFixed(1);
  return [
    ...blocks,
    ...(notes.length > 0 ? [notes.join("\n")] : []),
    `${amount}: ${requests} requests to ${operations.length} operations in ${seconds} s, seed ${seed}.`,
    "",
  ]
    .join("\n\n")
    .replace(/\n\n$/, "\n");
}

function block(finding: Finding, number: number, secrets: readonly string[]): string {
  const { check, message, operations, count, exchange } = finding;
  const named = operations.slice(0, mostOperations).join(", ");
  const more = operations.length > mostOperations ? ` and ${operations.length - mostOperations} more` : "";
  const { answer } = exchange;
  const body =
    answer === undefined
      ? ""
      : withoutSecrets(answer.text, secrets).replaceAll(/\s+/g, " ").slice(0, longestBody);
  return [
    `${number}. ${named}${more}: ${message}`,
    `   ${check} (${checkNames[check]}), ${count === 1 ? "once" : `${count} times`}${broken(finding)}`,
    `   ${curl(exchange, secrets)}`,
    ...(answer === undefined ? [] : [`   → ${answer.status} ${body}`.trimEnd()]),
  ].join("\n");
}

function broken({ request: { intent } }: Finding): string {
  return "what" in intent ? `; sent: ${intent.what}` : "";
}
