import { arrayAt, isJsonObject, type JsonObject, objectAt } from "../../openapi/json.ts";
import type { JsonSchema } from "../document/json-schema.ts";
import { valueAt } from "../document/reference.ts";
import { define } from "./define.ts";
import { merge } from "./merge.ts";
import { NONE } from "./none.ts";
import { sampleNumber } from "./sample-number.ts";
import { sampleString } from "./sample-string.ts";

/** How deep objects may nest before what is optional is left out. Tried in turn until the sample is small enough. */
const DEPTHS = [10, 6, 4, 2, 1];
/** Values in one sample. Far more than any screen shows, far less than would stall the server. */
const LARGEST_SAMPLE = 20_000;

class TooLarge extends Error {}

/**
 * A believable value for a schema, always the same: default, const, first of enum, first of examples,
 * a sample of the format, the minimum, `"string"`, `0`; arrays hold one item or `minItems`.
 * Optional properties are left out where they recurse or where nothing valid can be made.
 *
 * A schema that no value can satisfy gets one that comes near.
 *
 * @returns undefined where even that would be too large
 */
export function sample(schema: JsonSchema): unknown {
  for (const depth of DEPTHS) {
    try {
      const value = new Sampler(schema, NONE).value(schema, depth);
      return value === NONE ? new Sampler(schema, null).value(schema, depth) : value;
    } catch (error) {
      if (!(error instanceof TooLarge) && !(error instanceof RangeError)) throw error;
    }
  }
  return undefined;
}

class Sampler {
  readonly #root: JsonSchema;
  readonly #open = new Set<string>();
  #values = 0;

  readonly #impossible: unknown;

  /** @param impossible what stands for a value that cannot be made: `NONE` gives up what holds it, where that is optional */
  constructor(root: JsonSchema, impossible: unknown) {
    this.#root = root;
    this.#impossible = impossible;
  }

  value(schema: unknown, depth: number, name?: string): unknown {
    this.#values += 1;
    if (this.#values > LARGEST_SAMPLE) throw new TooLarge();
    if (schema === false) return this.#impossible;
    if (!isJsonObject(schema)) return null;
    if (typeof schema.$ref === "string") return this.#referred(schema, schema.$ref, depth, name);
    if (schema.allOf !== undefined) return this.#all(schema, depth, name);
    const literal = literalOf(schema);
    if (literal !== NONE) return literal;
    for (const keyword of ["oneOf", "anyOf"]) {
      const branches = arrayAt(schema, keyword);
      if (branches.length > 0) return this.#alternative(schema, keyword, branches, depth, name);
    }
    if (isJsonObject(schema.if) && isJsonObject(schema.then)) {
      const { if: condition, then: consequence, else: _otherwise, ...rest } = schema;
      return this.value({ ...rest, allOf: [condition, consequence] }, depth, name);
    }
    return this.#plain(schema, depth, name);
  }

  #referred(schema: JsonObject, pointer: string, depth: number, name?: string): unknown {
    if (this.#open.has(pointer)) return this.#impossible;
    this.#open.add(pointer);
    const target = valueAt(this.#root, pointer);
    const { $ref: _followed, $defs: _definitions, ...siblings } = schema;
    const combined =
      Object.keys(siblings).length > 0 && isJsonObject(target) ? { ...siblings, allOf: [target] } : target;
    const value = this.value(combined, depth, name);
    this.#open.delete(pointer);
    return value;
  }

  #alternative(
    schema: JsonObject,
    keyword: string,
    branches: unknown[],
    depth: number,
    name?: string,
  ): unknown {
    const { [keyword]: _branches, $defs: _definitions, ...rest } = schema;
    const constrained = Object.keys(rest).some(
      (key) => !["type", "readOnly", "writeOnly", "format"].includes(key),
    );
    for (const branch of branches) {
      const value = this.value(constrained ? { ...rest, allOf: [branch] } : branch, depth, name);
      if (value !== NONE) return value;
    }
    return NONE;
  }

  /** Schemas that hold together are merged before sampling: each alone knows too little of the value. */
  #all(schema: JsonObject, depth: number, name?: string): unknown {
    const opened: string[] = [];
    const parts = this.#parts(schema, opened);
    const literal = parts?.map(literalOf).findLast((value) => value !== NONE && !isJsonObject(value));
    const value = parts === undefined ? this.#impossible : (literal ?? this.#merged(parts, depth, name));
    for (const pointer of opened) this.#open.delete(pointer);
    return value;
  }

  #merged(parts: readonly JsonObject[], depth: number, name?: string): unknown {
    const value = this.value(merge(parts), depth, name);
    const examples = parts.map(literalOf).filter(isJsonObject);
    return isJsonObject(value)
      ? Object.assign(value, ...examples.map((example) => structuredClone(example)))
      : value;
  }

  /** A schema and all it extends, references followed, alternatives left in; undefined where it extends itself. */
  #parts(schema: JsonObject, opened: string[]): JsonObject[] | undefined {
    const { allOf, $defs: _definitions, ...own } = schema;
    const parts: JsonObject[] = [];
    for (const node of arrayAt({ allOf }, "allOf")) {
      let part: unknown = node;
      while (isJsonObject(part) && typeof part.$ref === "string") {
        const { $ref: pointer, ...siblings } = part;
        if (this.#open.has(String(pointer))) return undefined;
        this.#open.add(String(pointer));
        opened.push(String(pointer));
        if (Object.keys(siblings).length > 0) parts.push(siblings);
        part = valueAt(this.#root, String(pointer));
      }
      if (!isJsonObject(part)) continue;
      const inner = this.#parts(part, opened);
      if (inner === undefined) return undefined;
      parts.push(...inner);
    }
    return [...parts, own];
  }

  #plain(schema: JsonObject, depth: number, name?: string): unknown {
    switch (typeOf(schema)) {
      case "object":
        return this.#object(schema, depth);
      case "array":
        return this.#array(schema, depth);
      case "string":
        return this.#string(schema, name);
      case "integer":
        return sampleNumber(schema, true);
      case "number":
        return sampleNumber(schema, false);
      case "boolean":
        return true;
      default:
        return null;
    }
  }

  #string(schema: JsonObject, name?: string): unknown {
    const value = sampleString(schema, name);
    return value === NONE && this.#impossible !== NONE ? "string" : value;
  }

  #object(schema: JsonObject, depth: number): unknown {
    const required = new Set(arrayAt(schema, "required").map(String));
    const result: JsonObject = {};
    for (const [name, property] of Object.entries(objectAt(schema, "properties"))) {
      if (depth <= 0 && !required.has(name)) continue;
      const value = this.value(property, depth - 1, name);
      if (value !== NONE) define(result, name, value);
      else if (required.has(name)) return NONE;
    }
    const free = schema.additionalProperties ?? schema.unevaluatedProperties;
    for (const name of required) {
      if (Object.hasOwn(result, name)) continue;
      const value = free === false ? NONE : this.value(free ?? {}, depth - 1, name);
      if (value === NONE) return NONE;
      define(result, name, value);
    }
    const wanted = Math.max(
      isJsonObject(schema.additionalProperties) && depth > 0 ? 2 : 0,
      Number(schema.minProperties ?? 0),
    );
    const most = Number(schema.maxProperties ?? Number.POSITIVE_INFINITY);
    for (let index = 1; index <= wanted && Object.keys(result).length < most; index++) {
      if (index > 2 && Object.keys(result).length >= Number(schema.minProperties ?? 0)) break;
      const value = free === false ? NONE : this.value(free ?? {}, depth - 1);
      if (value !== NONE) define(result, `property${index}`, value);
    }
    return result;
  }

  #array(schema: JsonObject, depth: number): unknown {
    const least = Number(schema.minItems ?? 0);
    const first = arrayAt(schema, "prefixItems");
    const items = schema.items ?? schema.contains ?? (schema.unevaluatedItems as unknown);
    if (items === undefined && first.length === 0 && least === 0) return [];
    const wanted = depth <= 0 ? least : Math.max(least, 1, first.length);
    const length = Math.min(wanted, Number(schema.maxItems ?? Number.POSITIVE_INFINITY), LARGEST_SAMPLE);
    const result: unknown[] = [];
    for (let index = 0; index < length; index++) {
      if (index >= first.length && items === false) break;
      const value = this.value(index < first.length ? first[index] : (items ?? {}), depth - 1);
      if (value !== NONE) result.push(value);
      else if (index < least) return NONE;
      else break;
    }
    return result;
  }
}

function literalOf(schema: JsonObject): unknown {
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  for (const keyword of ["enum", "examples"]) {
    const [first] = arrayAt(schema, keyword);
    if (first !== undefined) return first;
  }
  return NONE;
}

const TYPE_OF_KEYWORD: Readonly<Record<string, string>> = {
  ...{ properties: "object", additionalProperties: "object", required: "object", minProperties: "object" },
  ...{
    patternProperties: "object",
    items: "array",
    prefixItems: "array",
    minItems: "array",
    maxItems: "array",
  },
  ...{ pattern: "string", minLength: "string", maxLength: "string", format: "string" },
  ...{
    minimum: "number",
    maximum: "number",
    multipleOf: "number",
    exclusiveMinimum: "number",
    exclusiveMaximum: "number",
  },
};

function typeOf(schema: JsonObject): string | undefined {
  if (Array.isArray(schema.type)) return schema.type.find((type) => type !== "null") ?? "null";
  if (typeof schema.type === "string") return schema.type;
  const keyword = Object.keys(TYPE_OF_KEYWORD).find((name) => schema[name] !== undefined);
  return keyword === undefined ? undefined : TYPE_OF_KEYWORD[keyword];
}
