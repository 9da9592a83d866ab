import type { JsonObject } from "../../openapi/index.ts";
import { isObject } from "../../openapi/index.ts";

/** A schema whose `$ref` and `allOf` have been followed: what holds for the value itself, in one object. */
export type Flat = JsonObject;

/** Keywords of which the stricter wins. */
const largest = new Set(["minLength", "minItems", "minimum", "exclusiveMinimum", "minProperties"]);
const smallest = new Set(["maxLength", "maxItems", "maximum", "exclusiveMaximum", "maxProperties"]);
const mostNested = 32;

/** Reads the schemas of one standalone JSON Schema. */
export class Schemas {
  readonly #definitions: JsonObject;

  constructor(root: unknown) {
    this.#definitions = isObject(root) && isObject(root.$defs) ? root.$defs : {};
  }

  /** The schema with `$ref` and `allOf` worked in; `{}` for `true` and whatever is no schema, undefined for `false`. */
  flatten(schema: unknown, nesting = 0): Flat | undefined {
    if (schema === false) return undefined;
    if (!isObject(schema) || nesting > mostNested) return {};
    const { $ref, allOf, ...own } = schema;
    let flat: Flat = own;
    const parts = [
      ...(typeof $ref === "string" ? [this.#target($ref)] : []),
      ...(Array.isArray(allOf) ? allOf : []),
    ];
    for (const part of parts) {
      const flattened = this.flatten(part, nesting + 1);
      if (flattened === undefined) return undefined;
      flat = merge(flat, flattened);
    }
    return flat;
  }

  /** The alternatives of `oneOf` and `anyOf`, each with what holds beside them; the schema alone where it has none. */
  alternatives(flat: Flat): Flat[] {
    for (const keyword of ["oneOf", "anyOf"]) {
      const { [keyword]: list, ...rest } = flat;
      if (!Array.isArray(list)) continue;
      return list.flatMap((each) => {
        const branch = this.flatten(each);
        return branch === undefined ? [] : this.alternatives(merge(rest, branch));
      });
    }
    return [flat];
  }

  #target(reference: string): unknown {
    const name = /^#\/\$defs\/(.*)$/.exec(reference)?.[1];
    return name === undefined ? {} : this.#definitions[decodeURIComponent(name)];
  }
}

/** What two schemas ask for together. */
function merge(a: Flat, b: Flat): Flat {
  const merged: Flat = { ...a };
  for (const [keyword, value] of Object.entries(b)) {
    const known = merged[keyword];
    if (known === undefined) merged[keyword] = value;
    else if (keyword === "properties") merged[keyword] = mergeProperties(known, value);
    else if (keyword === "required") merged[keyword] = [...new Set([...asArray(known), ...asArray(value)])];
    else if (keyword === "type") merged[keyword] = commonTypes(known, value);
    else if (keyword === "enum") {
      const allowed = new Set(asArray(value).map((each) => JSON.stringify(each)));
      merged[keyword] = asArray(known).filter((each) => allowed.has(JSON.stringify(each)));
    } else if (largest.has(keyword)) merged[keyword] = Math.max(Number(known), Number(value));
    else if (smallest.has(keyword)) merged[keyword] = Math.min(Number(known), Number(value));
    else if (keyword === "oneOf" || keyword === "anyOf")
      merged.allOf = [...asArray(merged.allOf), { [keyword]: value }];
  }
  return merged;
}

function mergeProperties(a: unknown, b: unknown): JsonObject {
  const merged: JsonObject = { ...(isObject(a) ? a : {}) };
  for (const [name, schema] of Object.entries(isObject(b) ? b : {}))
    merged[name] = merged[name] === undefined ? schema : { allOf: [merged[name], schema] };
  return merged;
}

function commonTypes(a: unknown, b: unknown): unknown {
  const types = [b].flat();
  const common = [a]
    .flat()
    .filter((type) => types.includes(type) || (type === "integer" && types.includes("number")));
  if (types.includes("integer") && [a].flat().includes("number")) common.push("integer");
  return common.length === 1 ? common[0] : common;
}

function asArray(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The types that a schema takes; those that its other keywords speak of where it does not say. */
export function typesOf(flat: Flat): string[] {
  if (flat.type !== undefined) return [flat.type].flat().map(String);
  if (flat.properties !== undefined || flat.required !== undefined || flat.additionalProperties !== undefined)
    return ["object"];
  if (flat.items !== undefined || flat.prefixItems !== undefined) return ["array"];
  if (flat.pattern !== undefined || flat.format !== undefined || flat.maxLength !== undefined)
    return ["string"];
  if (flat.minimum !== undefined || flat.maximum !== undefined) return ["number"];
  return [];
}
