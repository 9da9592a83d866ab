import fc from "fast-check";
import { isObject, type JsonObject, type JsonSchema } from "../../openapi/index.ts";
import { validValues } from "./arbitrary.ts";
import { type Flat, Schemas } from "./merge.ts";
import { type Edge, edgesOf } from "./scalar-edges.ts";
import { Validator as SchemaValidator, type Validator } from "./validator.ts";

/** A value at the edge of what a schema allows, or one step beyond one edge. */
export interface Boundary {
  readonly value: unknown;
  /** What is at its edge, or broken: `/name minLength 1`. */
  readonly what: string;
  /** The keyword. */
  readonly keyword: string;
  /** Where in the value, as a JSON Pointer; empty: the whole. */
  readonly place: string;
  readonly isValid: boolean;
}

interface Variant extends Edge {
  readonly place: string;
}

const mostAlternatives = 40;
const deepest = 5;

/**
 * Every constraint of a schema at its edge, and broken by itself, as far as a value can be found that does so; what
 * an independent validator does not agree with is left out.
 *
 * @param schema stands alone: its `$ref`s lead into its own `$defs`
 * @param validator of the same schema
 * @param examples valid values to start from, where the document has some
 */
export function boundaries(
  schema: JsonSchema,
  validator: Validator,
  examples: readonly unknown[] = [],
): Boundary[] {
  const edges = new Edges(schema, validator, examples);
  return edges.all();
}

class Edges {
  readonly #schema: JsonSchema;
  readonly #schemas: Schemas;
  readonly #validator: Validator;
  readonly #examples: readonly unknown[];

  constructor(schema: JsonSchema, validator: Validator, examples: readonly unknown[]) {
    this.#schema = schema;
    this.#schemas = new Schemas(schema);
    this.#validator = validator;
    this.#examples = examples.filter((example) => validator.accepts(example));
  }

  all(): Boundary[] {
    const flat = this.#schemas.flatten(this.#schema);
    if (flat === undefined) return [];
    const found = new Map<string, Boundary>();
    for (const alternative of this.#schemas.alternatives(flat).slice(0, mostAlternatives)) {
      const base = this.#baseOf(alternative);
      if (base === undefined) continue;
      for (const variant of this.#variants(alternative, base, "", 0)) {
        const errors = this.#validator.errors(variant.value);
        const isValid = errors.length === 0;
        const limit = variant.limit === undefined ? "" : ` ${JSON.stringify(variant.limit)}`;
        const what = `${variant.place || "the value"} ${variant.keyword}${limit}`;
        // A step beyond that is allowed after all (by another alternative) says nothing.
        if (!isValid && !isBeyond(variant.keyword)) continue;
        if (isValid && isBeyond(variant.keyword)) continue;
        const keyword = variant.keyword.replace(/^(?:beyond|at) /, "");
        const key = `${what} ${tagOf(variant.value)} ${isValid ? JSON.stringify(variant.value) : ""}`;
        if (!found.has(key))
          found.set(key, {
            value: variant.value,
            what: what.replace("beyond ", ""),
            keyword,
            place: variant.place,
            isValid,
          });
      }
    }
    return [...found.values()];
  }

  /** A valid value of one alternative with as many of its properties as can be. */
  #baseOf(alternative: Flat): unknown {
    const validator = new SchemaValidator({ ...alternative, ...definitionsOf(this.#schema) });
    const own = this.#examples.filter((example) => validator.accepts(example));
    const made = fc.sample(validValues({ ...alternative, ...definitionsOf(this.#schema) }), {
      numRuns: 12,
      seed: 3,
    });
    const valid = [...own, ...made].filter((value) => this.#validator.accepts(value));
    return valid.toSorted((a, b) => sizeOf(b) - sizeOf(a))[0];
  }

  *#variants(flat: Flat, base: unknown, place: string, depth: number): Generator<Variant> {
    yield { value: base, keyword: "at type", limit: undefined, place };
    yield* edgesOf(flat, base).map((variant) => ({ ...variant, place }));
    if (depth > deepest) return;
    if (isObject(base)) yield* this.#ofObject(flat, base, place, depth);
    if (Array.isArray(base)) yield* this.#ofArray(flat, base, place, depth);
  }

  *#ofObject(flat: Flat, base: JsonObject, place: string, depth: number): Generator<Variant> {
    const properties = isObject(flat.properties) ? flat.properties : {};
    const required = Array.isArray(flat.required) ? flat.required.map(String) : [];
    const without = (name: string) =>
      Object.fromEntries(Object.entries(base).filter(([key]) => key !== name));
    for (const name of required)
      yield { value: without(name), keyword: "beyond required", limit: name, place };
    const least = Object.fromEntries(Object.entries(base).filter(([name]) => required.includes(name)));
    yield { value: least, keyword: "at required", limit: undefined, place };
    if (flat.additionalProperties === false || flat.unevaluatedProperties === false)
      yield {
        value: { ...base, unexpected: true },
        keyword: "beyond additionalProperties",
        limit: undefined,
        place,
      };
    for (const [name, schema] of Object.entries(properties)) {
      const own = this.#schemas.flatten(schema);
      if (own === undefined) continue;
      for (const alternative of this.#schemas.alternatives(own).slice(0, mostAlternatives)) {
        const present =
          Object.hasOwn(base, name) && this.#fits(alternative, base[name])
            ? base[name]
            : this.#baseOfPart(alternative);
        if (present === undefined) continue;
        for (const variant of this.#variants(alternative, present, `${place}/${name}`, depth + 1))
          yield { ...variant, value: { ...base, [name]: variant.value } };
      }
    }
  }

  *#ofArray(flat: Flat, base: readonly unknown[], place: string, depth: number): Generator<Variant> {
    const own = this.#schemas.flatten(flat.items ?? {});
    if (own === undefined || flat.items === undefined) return;
    for (const alternative of this.#schemas.alternatives(own).slice(0, mostAlternatives)) {
      const item = this.#baseOfPart(alternative);
      if (item === undefined) continue;
      const max = flat.maxItems === undefined ? undefined : Number(flat.maxItems);
      const min = Number(flat.minItems ?? 0);
      if (max !== undefined && max < 1_000)
        yield {
          value: Array.from({ length: max + 1 }, () => item),
          keyword: "beyond maxItems",
          limit: max,
          place,
        };
      if (min > 0) yield { value: base.slice(0, min - 1), keyword: "beyond minItems", limit: min, place };
      else yield { value: [], keyword: "at minItems", limit: 0, place };
      if (flat.uniqueItems === true)
        yield { value: [item, item], keyword: "beyond uniqueItems", limit: undefined, place };
      for (const variant of this.#variants(alternative, item, `${place}/0`, depth + 1))
        yield { ...variant, value: [variant.value, ...base.slice(1)] };
    }
  }

  #fits(flat: Flat, value: unknown): boolean {
    return new SchemaValidator({ ...flat, ...definitionsOf(this.#schema) }).accepts(value);
  }

  #baseOfPart(flat: Flat): unknown {
    const schema = { ...flat, ...definitionsOf(this.#schema) };
    const made = fc.sample(validValues(schema), { numRuns: 6, seed: 5 });
    return made.toSorted((a, b) => sizeOf(b) - sizeOf(a))[0];
  }
}

function isBeyond(keyword: string): boolean {
  return keyword.startsWith("beyond ");
}

/** Tells alternatives apart that break the same constraint. */
function tagOf(value: unknown): string {
  return isObject(value) ? String(value.type ?? value.kind ?? "") : "";
}

function definitionsOf(schema: JsonSchema): JsonObject {
  return isObject(schema) && schema.$defs !== undefined ? { $defs: schema.$defs } : {};
}

function sizeOf(value: unknown): number {
  return JSON.stringify(value)?.length ?? 0;
}
