import type { JsonObject, Located, OpenApiDocument } from "./reference.ts";
import { asArray, asObject, chain, dereference, isObject, member, members } from "./reference.ts";

/** What a schema is held against: `readOnly` properties are no part of a request, `writeOnly` ones of no response. */
export type Direction = "request" | "response";

/** The keyword whose properties do not belong in this direction. */
export function forbiddenKeyword(direction: Direction): "readOnly" | "writeOnly" {
  return direction === "request" ? "readOnly" : "writeOnly";
}

export function isForbidden(document: OpenApiDocument, property: Located, direction: Direction): boolean {
  const keyword = forbiddenKeyword(direction);
  return [...chain(document, property)].some(({ value }) => isObject(value) && value[keyword] === true);
}

/** The names of the properties, its own and those it is composed of, that a schema does not have in this direction. */
export function forbiddenProperties(
  document: OpenApiDocument,
  schema: Located<JsonObject>,
  direction: Direction,
  seen: ReadonlySet<unknown> = new Set(),
): string[] {
  if (seen.has(schema.value)) return [];
  const properties = member(schema, "properties");
  const parts = member(schema, "allOf");
  const own = properties === undefined ? [] : members(asObject(properties));
  return [
    ...own.filter(([, property]) => isForbidden(document, property, direction)).map(([name]) => name),
    ...(parts === undefined ? [] : members(asArray(parts))).flatMap(([, part]) =>
      forbiddenProperties(document, dereference(document, part), direction, new Set([...seen, schema.value])),
    ),
  ];
}
