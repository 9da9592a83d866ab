import type { ErrorObject } from "ajv";
import { isObject, type JsonObject } from "../openapi/json.ts";
import type { RequestPart, Violation } from "./errors.ts";
import type { Schemas, Validate } from "./schemas.ts";
import { sentence } from "./sentence.ts";

/** Property names come from the caller: an error does not repeat a long one in full. */
export const longestName = 100;

/** The keywords that say which property is wrong in their `params`. */
const nameParams: Record<string, string> = {
  required: "missingProperty",
  dependentRequired: "missingProperty",
  additionalProperties: "additionalProperty",
  unevaluatedProperties: "unevaluatedProperty",
  propertyNames: "propertyName",
};

/** What a validator that has just said no found, told as one violation. */
export function violationOf(validate: Validate, part: RequestPart, schemas: Schemas): Violation {
  const picked = pick(validate.errors ?? []);
  const error = picked && asFormat(picked);
  if (error === undefined) return violation(part, [], "false schema", `The ${part} is not allowed.`);
  const path = error.instancePath
    .split("/")
    .slice(1)
    .map((token) => unescapeToken(token).slice(0, longestName));
  const named = nameParams[error.keyword];
  const name = named === undefined ? undefined : String(error.params[named]).slice(0, longestName);
  const location = name === undefined ? path : [...path, name];
  const params = named === undefined ? error.params : { ...error.params, [named]: name };
  const description = describe(error, location, validate.schema, schemas);
  return violation(part, location, error.keyword, sentence(error, part, location), params, description);
}

export function violation(
  part: RequestPart,
  path: readonly string[],
  keyword: string,
  message: string,
  params: Readonly<Record<string, unknown>> = {},
  description?: string,
): Violation {
  return {
    location: [part, ...path],
    keyword,
    message,
    params,
    ...(description === undefined ? {} : { description }),
  };
}

/**
 * Of Ajv's errors the one to tell. A failing `anyOf` or `oneOf` comes last and after those of its alternatives:
 * where only one alternative is of the value's type, that one's error says more.
 */
function pick(errors: readonly ErrorObject[]): ErrorObject | undefined {
  const telling = errors.filter((error) => error.keyword !== "if");
  const last = telling.at(-1);
  if (last === undefined || (last.keyword !== "oneOf" && last.keyword !== "anyOf")) return last;
  const inner = telling
    .slice(0, -1)
    .filter((error) => !(error.keyword === "type" && error.instancePath === last.instancePath));
  return inner.length === 1 ? inner[0] : last;
}

/** A pattern beside a `format` spells that format out: the format's name says more to whoever has to mend the value. */
function asFormat(error: ErrorObject): ErrorObject {
  const parent: unknown = error.parentSchema;
  if (error.keyword !== "pattern" || !isObject(parent) || typeof parent.format !== "string") return error;
  return { ...error, keyword: "format", params: { format: parent.format } };
}

function describe(
  error: ErrorObject,
  location: readonly string[],
  root: unknown,
  schemas: Schemas,
): string | undefined {
  const parent: unknown = error.parentSchema;
  if (error.keyword === "required" && isObject(parent) && isObject(parent.properties)) {
    const missing = descriptionOf(parent.properties[location.at(-1) ?? ""], schemas);
    if (missing !== undefined) return missing;
  }
  if (isObject(parent) && typeof parent.description === "string") return parent.description;
  let places = [root];
  for (const token of location) {
    places = places.flatMap((place) => expand(place, schemas)).flatMap((schema) => step(schema, token));
  }
  return places.map((place) => descriptionOf(place, schemas)).find((text) => text !== undefined);
}

function descriptionOf(place: unknown, schemas: Schemas): string | undefined {
  return expand(place, schemas)
    .map((schema) => schema.description)
    .find((text) => typeof text === "string");
}

/** A schema and all that apply to the same value through it. */
function expand(place: unknown, schemas: Schemas, seen: ReadonlySet<unknown> = new Set()): JsonObject[] {
  if (!isObject(place) || seen.has(place)) return [];
  const further = new Set([...seen, place]);
  const applied = [place.allOf, place.anyOf, place.oneOf].flatMap((list) =>
    Array.isArray(list) ? list : [],
  );
  const referenced = typeof place.$ref === "string" ? [schemas.referenced(place.$ref)] : [];
  return [
    place,
    ...[...referenced, ...applied, place.then].flatMap((next) => expand(next, schemas, further)),
  ];
}

function step(schema: JsonObject, token: string): unknown[] {
  const { properties, items, additionalProperties } = schema;
  if (isObject(properties) && Object.hasOwn(properties, token)) return [properties[token]];
  if (isObject(items) && /^\d+$/.test(token)) return [items];
  return isObject(additionalProperties) ? [additionalProperties] : [];
}

function unescapeToken(token: string): string {
  return token.replaceAll("~1", "/").replaceAll("~0", "~");
}
