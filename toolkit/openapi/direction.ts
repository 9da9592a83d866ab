import type { ContractDocument } from "./document.ts";
import { isObject } from "./json.ts";
import { chain, composition, type Located, member, members, referenceOf } from "./reference.ts";

/** What a schema is held against: `readOnly` properties are no part of a request, `writeOnly` ones of no response. */
export type Direction = "request" | "response";

/** The keyword whose properties do not belong in this direction. */
export function forbiddenKeyword(direction: Direction): "readOnly" | "writeOnly" {
  return direction === "request" ? "readOnly" : "writeOnly";
}

export function isForbidden(document: ContractDocument, property: Located, direction: Direction): boolean {
  const keyword = forbiddenKeyword(direction);
  if (referenceOf(property.value) === undefined)
    return isObject(property.value) && property.value[keyword] === true;
  for (const { value } of chain(document, property))
    if (isObject(value) && value[keyword] === true) return true;
  return false;
}

/** The names of the properties, its own and those it is composed of, that a schema does not have in this direction. */
export function forbiddenProperties(
  document: ContractDocument,
  schema: Located,
  direction: Direction,
): string[] {
  const { value } = schema;
  if (!isObject(value) || !["properties", "allOf", "$ref", "$dynamicRef"].some((name) => name in value))
    return [];
  const names: string[] = [];
  for (const part of composition(document, schema)) {
    for (const [name, property] of members(member(part, "properties"))) {
      if (isForbidden(document, property, direction)) names.push(name);
    }
  }
  return names;
}
