import type { JsonObject } from "../openapi/json.ts";
import type { DocumentReader } from "./document.ts";

const byFormat: Readonly<Record<string, string>> = {
  date: "2026-03-02",
  "date-time": "2026-03-02T09:30:00Z",
  time: "09:30:00Z",
  duration: "P1D",
  email: "ada@example.com",
  hostname: "example.com",
  ipv4: "192.0.2.1",
  ipv6: "2001:db8::1",
  uri: "https://example.com",
  url: "https://example.com",
  uuid: "8e03978e-40d5-43dd-bc93-6894a57f9324",
};

/** A schema may hold itself. */
const deepest = 12;

/** A value of a schema that has no example: its own examples, defaults and constants, else plain words and numbers. */
export function sampleValue(reader: DocumentReader, value: unknown, depth = 0): unknown {
  if (depth > deepest) return undefined;
  const schema = reader.object(value);
  if (Array.isArray(schema.examples) && schema.examples.length > 0) return schema.examples[0];
  for (const name of ["example", "const", "default"]) if (schema[name] !== undefined) return schema[name];
  if (Array.isArray(schema.enum)) return schema.enum[0];
  for (const name of ["oneOf", "anyOf"]) {
    if (Array.isArray(schema[name]))
      return merged(sampleValue(reader, schema[name][0], depth + 1), sampleObject(reader, schema, depth));
  }
  if (Array.isArray(schema.allOf)) {
    const parts = schema.allOf.map((part) => sampleValue(reader, part, depth + 1));
    return [...parts, sampleObject(reader, schema, depth)].reduce(merged, undefined);
  }
  const type = Array.isArray(schema.type) ? schema.type.find((each) => each !== "null") : schema.type;
  if (type === "array" || schema.items !== undefined)
    return depth > 6 ? [] : [sampleValue(reader, schema.items, depth + 1)];
  if (type === "integer" || type === "number") return Number(schema.minimum ?? 1);
  if (type === "boolean") return true;
  if (type === "null") return null;
  if (type === "string") return byFormat[String(schema.format)] ?? "string";
  return sampleObject(reader, schema, depth) ?? {};
}

function sampleObject(reader: DocumentReader, schema: JsonObject, depth: number): unknown {
  if (schema.properties === undefined || depth > 6) return undefined;
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.fromEntries(
    reader
      .entries(schema.properties)
      .filter(([name, property]) => property.readOnly !== true && (depth < 2 || required.includes(name)))
      .map(([name, property]) => [name, sampleValue(reader, property, depth + 1)]),
  );
}

function merged(one: unknown, other: unknown): unknown {
  const areObjects = [one, other].every((each) => typeof each === "object" && each !== null);
  return areObjects ? { ...(one as object), ...(other as object) } : (other ?? one);
}
