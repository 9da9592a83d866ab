import { isJsonObject, type JsonObject } from "../../openapi/json.ts";
import { define } from "./define.ts";

/** One schema that demands what all of them demand. */
export function merge(parts: readonly JsonObject[]): JsonObject {
  const result: JsonObject = {};
  for (const part of parts) {
    for (const [keyword, value] of Object.entries(part))
      result[keyword] = mergeKeyword(keyword, result[keyword], value);
  }
  for (const keyword of ["default", "examples"]) if (result.properties !== undefined) delete result[keyword];
  return result;
}

function mergeKeyword(keyword: string, present: unknown, added: unknown): unknown {
  if (present === undefined) return added;
  if (keyword === "required" && Array.isArray(present) && Array.isArray(added))
    return [...new Set([...present, ...added])];
  if (keyword === "enum" && Array.isArray(present) && Array.isArray(added)) {
    return present.filter((value) => added.includes(value));
  }
  if (["minimum", "minLength", "minItems", "minProperties", "exclusiveMinimum"].includes(keyword)) {
    return Math.max(Number(present), Number(added));
  }
  if (["maximum", "maxLength", "maxItems", "maxProperties", "exclusiveMaximum"].includes(keyword)) {
    return Math.min(Number(present), Number(added));
  }
  if (["properties", "patternProperties"].includes(keyword) && isJsonObject(present) && isJsonObject(added)) {
    const merged: JsonObject = { ...present };
    for (const [name, schema] of Object.entries(added)) {
      define(merged, name, Object.hasOwn(merged, name) ? { allOf: [merged[name], schema] } : schema);
    }
    return merged;
  }
  if (keyword === "additionalProperties" && (present === false || added === false)) return false;
  if (["items", "not"].includes(keyword)) return { allOf: [present, added] };
  return added;
}
