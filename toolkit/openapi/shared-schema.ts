import type { ContractDocument } from "./document.ts";
import { isObject } from "./json.ts";
import type { ContractSchema } from "./schema.ts";

const shared = new WeakMap<ContractDocument, Map<string, ContractSchema>>();

/**
 * One schema for all that are nothing but the same `$ref`, as most of a document's bodies are: what is made of it, such as
 * a validator, is then made once.
 */
export function sharedSchema(schema: ContractSchema): ContractSchema {
  const { document, direction, value } = schema;
  // A `$dynamicAnchor` lets the same reference lead elsewhere from another place.
  if (!isObject(value) || document.dynamicAnchors.size > 0) return schema;
  const { $ref, ...others } = value;
  if (typeof $ref !== "string" || Object.keys(others).length > 0) return schema;
  const known = shared.get(document) ?? new Map<string, ContractSchema>();
  shared.set(document, known);
  const key = `${direction} ${$ref}`;
  const first = known.get(key) ?? schema;
  known.set(key, first);
  return first;
}
