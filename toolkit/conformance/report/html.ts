import { checkNames } from "../checks/fault.ts";
import type { ConformanceResult } from "../run.ts";
import { curl, withoutSecrets } from "./curl.ts";

const longestBody = 2_000;

/** One page without scripts, that needs nothing from anywhere. */
export function htmlReport(result: ConformanceResult): string {
  const { findings, warnings, requests, operations, seed, duration, secrets } = result;
  const sections = findings.map(({ check, message, operations: own, count, exchange }) => {
    const { answer } = exchange;
    const body = withoutSecrets(answer?.text ?? "", secrets).slice(0, longestBody);
    return `<section>
<h2>${escaped(message)}</h2>
<p>${own.map((each) => `<code>${escaped(each)}</code>`).join(" ")}, ${count === 1 ? "once" : `${count} times`}: ${escaped(checkNames[check])}</p>
<pre>${escaped(curl(exchange, secrets))}</pre>
<pre>${answer === undefined ? escaped(exchange.failure ?? "") : `${answer.status}\n${escaped(body)}`}</pre>
</section>`;
  });
  const notes =
    warnings.length === 0
      ? ""
      : `<h2>Notes</h2><ul>${warnings.map((each) => `<li>${escaped(each)}</li>`).join("")}</ul>`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Conformance</title>
<style>
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h2 { font-size: 1.1rem; margin: 2rem 0 0 }
pre { overflow-x: auto; padding: .75rem; border: 1px solid #8888; border-radius: .25rem; white-space: pre-wrap; overflow-wrap: anywhere }
</style>
<h1>${findings.length === 0 ? "Nothing found" : `${findings.length} findings`}</h1>
<p>${requests} requests to ${operations.length} operations in ${(duration / 1_000).toFixed(1)} s, seed ${seed}.</p>
${sections.join("\n")}
${notes}
</html>
`;
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
