import { BoundedRegExp } from "./bounded-regexp.ts";
import { isObject, type JsonObject } from "./json.ts";

/** How a keyword's value is read. */
export type KeywordKind =
  | "assertion"
  | "annotation"
  | "schema"
  | "schema list"
  | "schema map"
  | "reference"
  | "identifier";

const kinds: Readonly<Record<KeywordKind, string>> = {
  assertion: `type enum const multipleOf maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength pattern
    maxItems minItems uniqueItems maxContains minContains maxProperties minProperties required dependentRequired format`,
  annotation: `title description default deprecated readOnly writeOnly example examples xml externalDocs discriminator
    nullable contentEncoding contentMediaType contentSchema $comment $schema $vocabulary`,
  schema: `items additionalProperties not if then else contains propertyNames unevaluatedItems unevaluatedProperties`,
  "schema list": "allOf anyOf oneOf prefixItems",
  "schema map": "properties patternProperties dependentSchemas",
  reference: "$ref $dynamicRef",
  // What references have been resolved by, and what is only reached through them.
  identifier: "$id $anchor $dynamicAnchor $defs definitions",
};

const kindByKeyword = new Map(
  Object.entries(kinds).flatMap(([kind, keywords]) =>
    keywords
      .trim()
      .split(/\s+/)
      .map((keyword) => [keyword, kind as KeywordKind] as const),
  ),
);

/** `undefined`: a keyword that neither JSON Schema 2020-12 nor OpenAPI has. */
export function keywordKind(keyword: string): KeywordKind | undefined {
  return kindByKeyword.get(keyword);
}

const types = new Set(["string", "number", "integer", "boolean", "object", "array", "null"]);
const isCount = (value: unknown) => Number.isInteger(value) && (value as number) >= 0;
const isNumber = (value: unknown) => typeof value === "number" && Number.isFinite(value);
const isNames = (value: unknown) => Array.isArray(value) && value.every((name) => typeof name === "string");
const count = [isCount, "must be a whole number, 0 or more"] as const;
const number = [isNumber, "must be a number"] as const;

/** What a keyword's value must be, so that it can be checked at all. */
const demands: Readonly<Record<string, readonly [test: (value: unknown) => boolean, demand: string]>> = {
  type: [(value) => [value].flat().length > 0, "must be a type"],
  enum: [(value) => Array.isArray(value) && value.length > 0, "must be a list with a value"],
  multipleOf: [(value) => isNumber(value) && (value as number) > 0, "must be a number above 0"],
  maximum: number,
  exclusiveMaximum: number,
  minimum: number,
  exclusiveMinimum: number,
  maxLength: count,
  minLength: count,
  maxItems: count,
  minItems: count,
  maxContains: count,
  minContains: count,
  maxProperties: count,
  minProperties: count,
  uniqueItems: [(value) => typeof value === "boolean", "must be true or false"],
  pattern: [(value) => typeof value === "string" && isPattern(value, ""), "must be a regular expression"],
  required: [isNames, "must be a list of names"],
  dependentRequired: [
    (value) => isObject(value) && Object.values(value).every(isNames),
    "must be lists of names by a name",
  ],
  format: [(value) => typeof value === "string", "must be a name"],
};

/** Why a keyword's value cannot be checked; undefined where it can. */
export function faultOf(keyword: string, value: unknown): string | undefined {
  if (keyword === "type") {
    const unknown = [value].flat().find((type) => !types.has(String(type)));
    if (unknown !== undefined)
      return `there is no type "${unknown}": it must be one of ${[...types].join(", ")}`;
  }
  const [test, demand] = demands[keyword] ?? [];
  return test === undefined || test(value) ? undefined : `${keyword} ${demand}`;
}

export function isPattern(pattern: string, flags: string): boolean {
  try {
    new RegExp(pattern, flags);
    return true;
  } catch {
    return false;
  }
}

/**
 * Patterns are written for many engines: what is no Unicode-mode expression may still be a plain one. Each is matched to
 * its end, however long that takes: whoever serves a contract has written its patterns, and a match that was given up on
 * a busy machine would refuse a value that the contract allows.
 */
export const tolerantRegExp = Object.assign(
  (pattern: string, flags: string): RegExp => new RegExp(pattern, isPattern(pattern, flags) ? flags : ""),
  { code: "" },
);

/** The same for documents of strangers: a match that takes too long is given up. */
export const boundedRegExp = Object.assign(
  (pattern: string, flags: string): RegExp =>
    new BoundedRegExp(pattern, isPattern(pattern, flags) ? flags : ""),
  { code: "" },
);

/** What OpenAPI 3.0's dialect says otherwise than JSON Schema 2020-12. */
export function rewriteVersion30(rewritten: JsonObject, source: JsonObject): void {
  for (const [limit, exclusive] of [
    ["minimum", "exclusiveMinimum"],
    ["maximum", "exclusiveMaximum"],
  ] as const) {
    if (typeof source[exclusive] !== "boolean") continue;
    delete rewritten[exclusive];
    if (source[exclusive] && rewritten[limit] !== undefined) {
      rewritten[exclusive] = rewritten[limit];
      delete rewritten[limit];
    }
  }
}

/** `nullable`, of OpenAPI 3.0 and of many a 3.1 document. What says of no type cannot forbid null (3.0.3). */
export function withNull(rewritten: JsonObject, isStrict: boolean): JsonObject {
  if (typeof rewritten.type === "string" || Array.isArray(rewritten.type)) {
    const type = [...new Set([rewritten.type, "null"].flat())];
    const isListed = !Array.isArray(rewritten.enum) || rewritten.enum.includes(null) || isStrict;
    return { ...rewritten, type, ...(isListed ? {} : { enum: [...(rewritten.enum as unknown[]), null] }) };
  }
  if (isStrict) return rewritten;
  const { default: fallback, examples, ...rest } = rewritten;
  return {
    anyOf: [rest, { type: "null" }],
    ...(fallback !== undefined && { default: fallback }),
    ...(examples !== undefined && { examples }),
  };
}
