import type { ContractDocument } from "./document.ts";
import type { ContractSchema } from "./schema.ts";

const byText = new WeakMap<ContractDocument, Map<string, ContractSchema>>();
const found = new WeakMap<ContractSchema, ContractSchema>();

/** Characters: longer ones are written once, and their texts would take memory. */
const longest = 500;

/**
 * One schema for all of a document that are written alike, as most bodies are: a `$ref`, or a list of what it leads to.
 * What is made of it, such as a validator, is then made once.
 */
export function sharedSchema(schema: ContractSchema): ContractSchema {
  const known = found.get(schema) ?? find(schema);
  found.set(schema, known);
  return known;
}

function find(schema: ContractSchema): ContractSchema {
  const { document, direction, value } = schema;
  // A `$dynamicAnchor` lets the same reference lead elsewhere from another place.
  if (document.dynamicAnchors.size > 0) return schema;
  const text = `${direction} ${JSON.stringify(value, withoutBigInt)}`;
  if (text.length > longest) return schema;
  const schemas = byText.get(document) ?? new Map<string, ContractSchema>();
  byText.set(document, schemas);
  const first = schemas.get(text) ?? schema;
  schemas.set(text, first);
  return first;
}

/** Integers that a number cannot hold have no JSON of their own. */
function withoutBigInt(_name: string, value: unknown): unknown {
  return typeof value === "bigint" ? { bigint: String(value) } : value;
}
