import type { JsonObject } from "../openapi/json.ts";
import { type DocumentReader, nameOf } from "./document.ts";

/** A schema's type in a word or two: `string (date-time)`, `array of Pet`, `integer or null`. */
export function typeOf(reader: DocumentReader, value: unknown, depth = 0): string {
  const schema = reader.object(value);
  const name = nameOf(value);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const types = (Array.isArray(schema.type) ? schema.type : [schema.type]).filter(
    (type) => type !== undefined,
  );
  if (schema.nullable === true) types.push("null");
  if (types.includes("array") || schema.items !== undefined) {
    const items =
      schema.items === undefined || depth > 3 ? "" : ` of ${typeOf(reader, schema.items, depth + 1)}`;
    return types.includes("null") ? `array${items} or null` : `array${items}`;
  }
  if (schema.oneOf ?? schema.anyOf) return name ?? (schema.oneOf ? "one of" : "any of");
  if (types.length === 0) return name ?? (schema.properties || schema.allOf ? "object" : "any");
  if (types.includes("object") && name !== undefined) return name;
  const format = typeof schema.format === "string" ? ` (${schema.format})` : "";
  return types.join(" or ") + format;
}

const bounds: readonly [string, (value: unknown, schema: JsonObject) => string][] = [
  ["minimum", (value, { exclusiveMinimum }) => (exclusiveMinimum === true ? `> ${value}` : `≥ ${value}`)],
  ["exclusiveMinimum", (value) => (typeof value === "number" ? `> ${value}` : "")],
  ["maximum", (value, { exclusiveMaximum }) => (exclusiveMaximum === true ? `< ${value}` : `≤ ${value}`)],
  ["exclusiveMaximum", (value) => (typeof value === "number" ? `< ${value}` : "")],
  ["multipleOf", (value) => `a multiple of ${value}`],
  ["minLength", (value) => `at least ${value} characters`],
  ["maxLength", (value) => `at most ${value} characters`],
  ["minItems", (value) => `at least ${value} items`],
  ["maxItems", (value) => `at most ${value} items`],
  ["uniqueItems", (value) => (value === true ? "no item twice" : "")],
  ["minProperties", (value) => `at least ${value} members`],
  ["maxProperties", (value) => `at most ${value} members`],
];

/** What a schema asks for beyond its type, each in a few words. */
export function boundsOf(schema: JsonObject): string[] {
  return bounds.flatMap(([name, tell]) =>
    schema[name] === undefined ? [] : tell(schema[name], schema) || [],
  );
}
