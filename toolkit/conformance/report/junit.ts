import type { ConformanceResult } from "../run.ts";
import { curl } from "./curl.ts";

/** JUnit's XML: each operation a test case, failed where something was found. */
export function junit(result: ConformanceResult): string {
  const { operations, findings, secrets, duration } = result;
  const cases = operations.map((operation) => {
    const own = findings.filter((finding) => finding.operations.includes(operation));
    const failures = own.map(
      ({ check, message, exchange }) =>
        `\n      <failure type="${check}" message="${escaped(message)}">${escaped(curl(exchange, secrets))}</failure>`,
    );
    return `    <testcase classname="conformance" name="${escaped(operation)}">${failures.join("")}${failures.length > 0 ? "\n    " : ""}</testcase>`;
  });
  const failed = operations.filter((operation) =>
    findings.some((finding) => finding.operations.includes(operation)),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="conformance" tests="${operations.length}" failures="${failed.length}" time="${(duration / 1_000).toFixed(3)}">
${cases.join("\n")}
  </testsuite>
</testsuites>
`;
}

/** XML 1.0 has no form at all for most control characters. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/(?![\t\n\r])\p{Cc}|[\ufffe\uffff]/gu, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
