import { createHash } from "node:crypto";
import type { ContractDocument } from "../../openapi/document.ts";
import { stringifyExact } from "../../openapi/exact-integers.ts";
import { isObject, objectAt } from "../../openapi/json.ts";
import type { Content, Operation, Parameter } from "../../openapi/operation.ts";
import type { ContractSchema } from "../../openapi/schema.ts";
import { Budget } from "../generation/budget.ts";
import { roughValue } from "../generation/generation.ts";
import { serialize } from "../response/serialize.ts";

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 0 auto; padding: 1rem; }
details { border-top: 1px solid color-mix(in srgb, currentColor 25%, transparent); padding: .5rem 0; }
h1 small { color: color-mix(in srgb, currentColor 70%, transparent); font-weight: normal; }
summary { cursor: pointer; }
summary code { margin-right: 1ch; }
code, pre { font: .875rem/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
pre { overflow: auto; max-height: 24rem; padding: .75rem; background: color-mix(in srgb, currentColor 8%, transparent); }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .25rem .75rem .25rem 0; vertical-align: top; }
b { display: inline-block; min-width: 4.5rem; }
`;

/** Nothing is loaded and nothing runs: the page is text. */
export const contentSecurityPolicy = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'; base-uri 'none'; frame-ancestors 'none'`;

/** What all samples of a page together may cost; beyond it only written examples are shown. Steps, and milliseconds. */
const mostSteps = 30_000;
const longestSampling = 300;
/** Characters of one example or schema: a page is there to be read. */
const longestText = 10_000;

/** Makes examples while that costs little: to make thousands would stall the server. */
class Sampler {
  readonly #budget = new Budget(mostSteps);
  readonly #end = performance.now() + longestSampling;

  sample(schema: ContractSchema): unknown {
    return performance.now() < this.#end ? roughValue(schema, this.#budget) : undefined;
  }
}

/** A plain reference of every operation that is mocked: parameters, bodies and answers with an example of each. */
export function renderReference(
  documents: readonly ContractDocument[],
  operations: readonly Operation[],
): string {
  const sampler = new Sampler();
  const sections = documents.map((document, index) => {
    const info = objectAt(document.root, "info");
    const own = operations.filter((operation) => operation.document === document);
    return `<h1>${escapeHtml(info.title ?? document.source)} <small>${escapeHtml(info.version ?? "")}</small></h1>
<p>${escapeHtml(info.description ?? "")}</p>
<p><a href="/openapi.json?document=${index + 1}">OpenAPI document</a></p>
${own.map((operation) => renderOperation(operation, sampler)).join("\n")}`;
  });
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>API reference</title>
<style>${style}</style>
<main>${sections.join("\n")}</main></html>
`;
}

function renderOperation(operation: Operation, sampler: Sampler): string {
  const bodies = (contents: readonly Content[]) =>
    contents.map((content) => renderContent(content, sampler)).join("");
  const definition = definitionOf(operation);
  const parameters = (["path", "query", "header", "cookie"] as const).flatMap((place) =>
    operation.parameters[place].map((parameter) => renderParameter(place, parameter)),
  );
  const responses = operation.responses.map(
    ({ code, contents }) => `<h4>${escapeHtml(code)}</h4>${bodies(contents)}`,
  );
  return `<details id="${escapeHtml(`${operation.method}-${operation.path}`)}">
<summary><b>${escapeHtml(operation.method.toUpperCase())}</b> <code>${escapeHtml(operation.path)}</code> ${escapeHtml(definition.summary ?? "")}${operation.deprecated ? " (deprecated)" : ""}</summary>
<p>${escapeHtml(definition.description ?? "")}</p>
${parameters.length > 0 ? `<h3>Parameters</h3><table>${parameters.join("")}</table>` : ""}
${operation.requestBody ? `<h3>Request body</h3>${bodies(operation.requestBody.contents)}` : ""}
<h3>Responses</h3>${responses.join("")}
</details>`;
}

function definitionOf({ document, pointer }: Operation) {
  const definition = document.at(pointer)?.value;
  return isObject(definition) ? definition : {};
}

function renderParameter(place: string, { name, required, deprecated, schema }: Parameter): string {
  const notes = [place, required && "required", deprecated && "deprecated"].filter(Boolean).join(", ");
  return `<tr><th><code>${escapeHtml(name)}</code></th><td>${notes}</td><td><code>${escapeHtml(cut(stringifyExact(schema?.value ?? {})))}</code></td></tr>`;
}

function renderContent({ mediaType, examples, schema }: Content, sampler: Sampler): string {
  const value = examples[0]?.value ?? (schema && sampler.sample(schema));
  const text =
    typeof value === "object" ? stringifyExact(value, 2) : (serialize(value, mediaType, schema) ?? "");
  return `<p><code>${escapeHtml(mediaType)}</code></p><pre>${escapeHtml(cut(text))}</pre>`;
}

function cut(text: string): string {
  return text.length > longestText ? `${text.slice(0, longestText)} …` : text;
}

function escapeHtml(value: unknown): string {
  return String(value).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
