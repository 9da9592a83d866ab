import type { ContractDocument } from "../openapi/index.ts";
import { type Item, listItems } from "./items.ts";

/** How much of a contract was exercised. */
export interface CoverageReport {
  readonly items: readonly Item[];
  readonly missing: readonly Item[];
}

/** @param hits ids of items, as recorders gave them: those of several may be put together */
export function reportCoverage(document: ContractDocument, hits: Iterable<string>): CoverageReport {
  const exercised = new Set(hits);
  const items = listItems(document);
  return { items, missing: items.filter(({ id }) => !exercised.has(id)) };
}

/** `contract coverage: 812 of 812`, and what is missing below it. */
export function coverageText({ items, missing }: CoverageReport): string {
  const line = `contract coverage: ${items.length - missing.length} of ${items.length}\n`;
  return line + missing.map(({ kind, id }) => `  ${kind}: ${id}\n`).join("");
}

/** One page without scripts that needs nothing from anywhere. */
export function coverageHtml({ items, missing }: CoverageReport): string {
  const lacking = new Set(missing);
  const groups = [...Map.groupBy(items, ({ id }) => groupOf(id))];
  const sections = groups.map(([name, own]) => {
    const left = own.filter((item) => lacking.has(item)).length;
    const rows = own
      .toSorted((a, b) => Number(lacking.has(b)) - Number(lacking.has(a)))
      .map(
        (item) =>
          `<li class="${lacking.has(item) ? "missing" : "covered"}">${lacking.has(item) ? "missing" : "covered"}: ${item.kind} <code>${escaped(item.id)}</code></li>`,
      );
    return `<details${left > 0 ? " open" : ""}><summary>${escaped(name)}: ${own.length - left} of ${own.length}</summary><ul>${rows.join("\n")}</ul></details>`;
  });
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Contract coverage</title>
<style>
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { max-width: 70rem; margin: 2rem auto; padding: 0 1rem }
summary { font-weight: 600; margin-top: 1rem }
li { overflow-wrap: anywhere }
.missing { font-weight: 600 }
</style>
<h1>Contract coverage: ${items.length - missing.length} of ${items.length}</h1>
${sections.join("\n")}
</html>
`;
}

/** `POST /users`, else the schema. */
function groupOf(id: string): string {
  const operation = /^[A-Z]+ \/\S*/.exec(id)?.[0];
  return operation ?? /#\/components\/schemas\/[^/]+/.exec(id)?.[0] ?? "inline schemas";
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
