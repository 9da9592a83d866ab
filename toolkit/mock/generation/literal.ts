import { arrayAt, type JsonObject } from "../../openapi/json.ts";
import { patternsKeyword } from "./merge.ts";
import { noValue } from "./none.ts";

/** The value that a schema's author wrote for it: its default, else its first example; `NONE` where there is none. */
export function writtenValue(schema: JsonObject): unknown {
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined || arrayAt(schema, "enum").length > 0) return noValue;
  const [first] = arrayAt(schema, "examples");
  return first === undefined ? noValue : first;
}

/** The values that a schema pins: its `const`, else its `enum`; undefined where it pins none. */
export function pinnedValues(schema: JsonObject): unknown[] | undefined {
  if (schema.const !== undefined) return [schema.const];
  const values = arrayAt(schema, "enum");
  return values.length === 0 ? undefined : values;
}

const typeOfKeyword: Readonly<Record<string, string>> = {
  ...{ properties: "object", additionalProperties: "object", required: "object", minProperties: "object" },
  ...{ patternProperties: "object", propertyNames: "object" },
  ...{ items: "array", prefixItems: "array", contains: "array", minItems: "array", maxItems: "array" },
  ...{ [patternsKeyword]: "string", minLength: "string", maxLength: "string", format: "string" },
  ...{ minimum: "number", maximum: "number", multipleOf: "number" },
  ...{ exclusiveMinimum: "number", exclusiveMaximum: "number" },
};

/** The type to make a value of: as it is written, `null` only where nothing else is, else what the keywords imply. */
export function typeOf(schema: JsonObject): string | undefined {
  if (Array.isArray(schema.type)) return schema.type.find((type) => type !== "null") ?? "null";
  if (typeof schema.type === "string") return schema.type;
  const keyword = Object.keys(typeOfKeyword).find((name) => schema[name] !== undefined);
  return keyword === undefined ? undefined : typeOfKeyword[keyword];
}
