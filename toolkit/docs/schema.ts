import type { JsonObject } from "../openapi/json.ts";
import { type DocumentReader, nameOf, text } from "./document.ts";
import { type Content, type Html, html } from "./html.ts";
import { inlineMarkdown } from "./markdown.ts";
import { boundsOf, typeOf } from "./schema-type.ts";

/** Deeper than this, a schema is told by its name alone. */
const deepest = 8;
/** A schema with more fields than these, counted wherever they are used, is in the contract and not on the page. */
const mostFields = 800;

/** Which way the value goes: callers do not send what is `readOnly`, and do not get what is `writeOnly`. */
export type Way = "request" | "response";

interface Context {
  readonly reader: DocumentReader;
  readonly way: Way;
  /** How many fields may still be told. */
  left: number;
}

/** A schema as lists of its properties and alternatives, those that are nested behind a disclosure. */
export function schemaHtml(reader: DocumentReader, value: unknown, way: Way): Html {
  return partsHtml({ reader, way, left: mostFields }, value, []);
}

function partsHtml(context: Context, value: unknown, above: readonly string[]): Html {
  const { reader, way } = context;
  const schema = reader.object(value);
  const name = nameOf(value);
  if (name !== undefined && above.includes(name)) return html`<p class="muted">${name}, as above.</p>`;
  if (above.length > deepest) return html``;
  const inside = [...above, name ?? ""];
  const parts: Content[] = [];
  const own = propertiesOf(reader, schema, way);
  if (own.length > 0) {
    parts.push(html`<ul class="fields">${own.map((field) => fieldHtml(context, field, inside))}</ul>`);
  }
  for (const [keyword, words] of [
    ["oneOf", "One of"],
    ["anyOf", "Any of"],
  ] as const) {
    const branches = Array.isArray(schema[keyword]) ? schema[keyword] : [];
    const shown = branches.filter((branch) => reader.object(branch).type !== "null");
    if (shown.length === 0) continue;
    parts.push(
      html`<p class="muted">${words}</p>${shown.map(
        (branch) => html`
      <details class="branch"><summary>${branchTitle(reader, schema, branch)}</summary>
        ${summaryOf(reader.object(branch))}${partsHtml(context, branch, inside)}</details>`,
      )}`,
    );
  }
  if (schema.items !== undefined) parts.push(partsHtml(context, schema.items, inside));
  if (typeof schema.additionalProperties === "object") {
    parts.push(html`<p class="muted">Any other member: ${typeOf(reader, schema.additionalProperties)}</p>
      ${partsHtml(context, schema.additionalProperties, inside)}`);
  }
  return html`${parts}`;
}

interface Field {
  readonly name: string;
  readonly value: unknown;
  readonly isRequired: boolean;
}

/** The properties of a schema and of all that it is composed of, required ones first. */
function propertiesOf(reader: DocumentReader, schema: JsonObject, way: Way, depth = 0): Field[] {
  if (depth > deepest) return [];
  const required = Array.isArray(schema.required) ? schema.required : [];
  const fields = new Map<string, Field>();
  for (const part of Array.isArray(schema.allOf) ? schema.allOf : [])
    for (const field of propertiesOf(reader, reader.object(part), way, depth + 1))
      fields.set(field.name, field);
  for (const [name, value] of Object.entries(reader.object(schema.properties))) {
    const property = reader.object(value);
    if (property[way === "request" ? "readOnly" : "writeOnly"] === true) fields.delete(name);
    else fields.set(name, { name, value, isRequired: false });
  }
  return [...fields.values()]
    .map((field) => ({ ...field, isRequired: field.isRequired || required.includes(field.name) }))
    .sort((one, other) => Number(other.isRequired) - Number(one.isRequired));
}

function fieldHtml(context: Context, { name, value, isRequired }: Field, above: readonly string[]): Html {
  const { reader } = context;
  if (context.left-- <= 0)
    return context.left === -1 ? html`<li class="muted">The contract has the rest.</li>` : html``;
  const schema = reader.object(value);
  const nested = partsHtml(context, value, above);
  return html`<li>
    <code class="name">${name}</code> <span class="type">${typeOf(reader, value)}</span>
    ${isRequired && html`<span class="required">required</span>`}
    ${schema.deprecated === true && html`<span class="deprecated">deprecated</span>`}
    ${summaryOf(schema)}
    ${nested.text.trim() !== "" && html`<details><summary>Fields of <code>${name}</code></summary>${nested}</details>`}
  </li>`;
}

/** The description of a value and what is asked of it. */
export function summaryOf(schema: JsonObject): Html {
  const description = text(schema, "description");
  const words = boundsOf(schema);
  const values = Array.isArray(schema.enum) ? schema.enum : [];
  const example = schema.example ?? (Array.isArray(schema.examples) ? schema.examples[0] : undefined);
  const asks: Content[] = [
    words.length > 0 && html`<span>${words.join(", ")}</span>`,
    typeof schema.pattern === "string" && html`<span>pattern <code>${schema.pattern}</code></span>`,
    values.length > 0 &&
      html`<span>one of ${values.slice(0, 30).map((each) => html`<code>${shown(each)}</code> `)}${values.length > 30 && "…"}</span>`,
    schema.default !== undefined && html`<span>default <code>${shown(schema.default)}</code></span>`,
    example !== undefined &&
      schema.const === undefined &&
      typeof example !== "object" &&
      html`<span>example <code>${shown(example)}</code></span>`,
  ].filter((each) => each !== false);
  return html`${description && html`<div class="description">${inlineMarkdown(description)}</div>`}${asks.length > 0 && html`<div class="asks">${asks}</div>`}`;
}

function branchTitle(reader: DocumentReader, schema: JsonObject, branch: unknown): Content {
  const discriminator = reader.object(schema.discriminator);
  const property = text(discriminator, "propertyName");
  const name = nameOf(branch);
  if (property === undefined) return text(reader.object(branch), "title") ?? name ?? typeOf(reader, branch);
  const mapping = Object.entries(reader.object(discriminator.mapping)).find(
    ([, target]) => target === (branch as JsonObject).$ref || target === name,
  );
  const declared = reader.object(reader.object(reader.object(branch).properties)[property]);
  const tag = mapping?.[0] ?? declared.const ?? name;
  return html`<code>${property}: ${String(tag)}</code>`;
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
