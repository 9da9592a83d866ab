import { isDeepStrictEqual } from "node:util";
import { BoundedRegExp } from "../../openapi/bounded-regexp.ts";
import { type JsonObject, objectAt } from "../../openapi/json.ts";
import { define } from "./define.ts";

/** Where `merge` keeps the expressions that all have to match. */
export const patternsKeyword = "x-patterns";

const largestWins = new Set([
  ...["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties", "minContains"],
]);
const smallestWins = new Set([
  ...["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties", "maxContains"],
]);
/** Keywords that `merge` brings together part by part, not keyword by keyword. */
const ofObjects = new Set(["properties", "patternProperties", "additionalProperties"]);

/**
 * One schema that demands what all of them demand.
 *
 * @param strict false: where they contradict each other, one of them wins
 * @returns undefined where they contradict each other
 */
export function merge(parts: readonly JsonObject[], strict: boolean): JsonObject | undefined {
  const result: JsonObject = {};
  for (const part of parts) {
    for (const [keyword, value] of Object.entries(part)) {
      if (value === undefined || ofObjects.has(keyword)) continue;
      if (keyword === "pattern") {
        result[patternsKeyword] = [...((result[patternsKeyword] as unknown[]) ?? []), value];
        continue;
      }
      const merged = mergeKeyword(keyword, result[keyword], value);
      if (merged !== undefined) result[keyword] = merged;
      else if (strict) return undefined;
    }
  }
  if (contradictsItself(result) && strict) return undefined;
  return mergeProperties(result, parts, strict);
}

/** Undefined: no value has both. */
function mergeKeyword(keyword: string, present: unknown, added: unknown): unknown {
  if (present === undefined) return added;
  if (keyword === "type") return commonType(present, added);
  if (keyword === "const") return isDeepStrictEqual(present, added) ? added : undefined;
  if (Array.isArray(present) && Array.isArray(added)) {
    if (keyword === "required") return [...new Set([...present, ...added])];
    if (keyword === "enum") {
      const common = present.filter((value) => added.some((one) => isDeepStrictEqual(one, value)));
      return common.length === 0 ? undefined : common;
    }
    if (keyword === "prefixItems") {
      return (present.length > added.length ? present : added).map((_, index) => ({
        allOf: [present[index] ?? true, added[index] ?? true],
      }));
    }
  }
  if (largestWins.has(keyword)) return Math.max(Number(present), Number(added));
  if (smallestWins.has(keyword)) return Math.min(Number(present), Number(added));
  if (keyword === "multipleOf") return commonMultiple(Number(present), Number(added));
  if (["items", "contains", "propertyNames", "unevaluatedItems"].includes(keyword))
    return { allOf: [present, added] };
  if (keyword === "not") return { anyOf: [present, added] };
  if (keyword === "uniqueItems") return present === true || added === true;
  return added;
}

function commonType(present: unknown, added: unknown): unknown {
  const [one, other] = [present, added].map((type) => (Array.isArray(type) ? type : [type]));
  const narrow = (type: unknown, among: unknown[] = []) =>
    among.includes(type) || (type === "integer" && among.includes("number"));
  const common = [
    ...new Set([
      ...(one ?? []).filter((type) => narrow(type, other)),
      ...(other ?? []).filter((type) => narrow(type, one)),
    ]),
  ];
  if (common.length === 0) return undefined;
  return common.length === 1 ? common[0] : common;
}

function commonMultiple(one: number, other: number): number {
  if (!Number.isInteger(one) || !Number.isInteger(other) || one < 1 || other < 1) return Math.max(one, other);
  let [a, b] = [one, other];
  while (b > 0) [a, b] = [b, a % b];
  return (one * other) / a;
}

function contradictsItself(schema: JsonObject): boolean {
  const values = schema.enum;
  if (schema.const === undefined || !Array.isArray(values)) return false;
  if (values.some((one) => isDeepStrictEqual(one, schema.const))) return false;
  // A tag that a discriminator gives by its schema's name, beside one that the schema spells out: the latter holds.
  delete schema.const;
  return true;
}

/** Each property has to be what every part says of it; a part that is closed refuses what it does not name. */
function mergeProperties(result: JsonObject, parts: readonly JsonObject[], strict: boolean): JsonObject {
  const named = parts.filter((part) => [...ofObjects].some((keyword) => part[keyword] !== undefined));
  const [only] = named;
  if (only === undefined) return result;
  if (named.length === 1 && only.patternProperties === undefined) {
    for (const keyword of ofObjects) if (only[keyword] !== undefined) result[keyword] = only[keyword];
    return result;
  }
  const names = new Set(named.flatMap((part) => Object.keys(objectAt(part, "properties"))));
  const properties: JsonObject = {};
  for (const name of names) {
    const demands = named.flatMap((part) => demandsOn(part, name, strict));
    define(properties, name, demands.length === 1 ? demands[0] : { allOf: demands });
  }
  const patterns: JsonObject = {};
  for (const part of named) {
    for (const [pattern, schema] of Object.entries(objectAt(part, "patternProperties"))) {
      const known = patterns[pattern];
      define(patterns, pattern, known === undefined ? schema : { allOf: [known, schema] });
    }
  }
  const free = named
    .map((part) => part.additionalProperties)
    .filter((schema) => schema !== undefined && schema !== true);
  if (names.size > 0) result.properties = properties;
  if (Object.keys(patterns).length > 0) result.patternProperties = patterns;
  if (free.length > 0) result.additionalProperties = free.includes(false) ? false : conjunction(free);
  else if (named.some((part) => part.additionalProperties === true)) result.additionalProperties = true;
  return result;
}

function conjunction(schemas: readonly unknown[]): unknown {
  return schemas.length === 1 ? schemas[0] : { allOf: schemas };
}

/** What one part demands of a property: by its name, by patterns, else as an additional one. */
function demandsOn(part: JsonObject, name: string, strict: boolean): unknown[] {
  const properties = objectAt(part, "properties");
  const own = Object.hasOwn(properties, name) ? [properties[name]] : [];
  const matching = schemasForName(part, name);
  if (own.length + matching.length > 0) return [...own, ...matching];
  const { additionalProperties } = part;
  if (additionalProperties === undefined || additionalProperties === true) return [];
  return additionalProperties === false && !strict ? [] : [additionalProperties];
}

/** The schemas under `patternProperties` whose expression matches a name. */
export function schemasForName(schema: JsonObject, name: string): unknown[] {
  return Object.entries(objectAt(schema, "patternProperties"))
    .filter(([pattern]) => matches(pattern, name))
    .map(([, one]) => one);
}

function matches(pattern: string, name: string): boolean {
  for (const mode of ["u", ""]) {
    try {
      return new BoundedRegExp(pattern, mode).test(name);
    } catch {
      // Tried in the next mode.
    }
  }
  return false;
}
