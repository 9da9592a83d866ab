import fc, { type Arbitrary } from "fast-check";
import { isObject, type JsonSchema } from "../../openapi/index.ts";
import { type Flat, Schemas, typesOf } from "./merge.ts";
import { strings } from "./strings.ts";
import { Validator } from "./validator.ts";

/** Below this depth only what must be there is there: schemas are recursive. */
const deepest = 4;
const mostItems = 3;

/**
 * Values that a JSON Schema allows, which shrink towards the simplest.
 *
 * @param schema stands alone: its `$ref`s lead into its own `$defs`
 */
export function validValues(schema: JsonSchema): Arbitrary<unknown> {
  const made = new Arbitraries(schema).of(schema, 0);
  const validator = new Validator(schema);
  const isRare =
    fc.sample(made, { numRuns: 20, seed: 1 }).filter((value) => validator.accepts(value)).length === 0;
  // What cannot be made is not waited for; whoever sends it sees that it is not valid.
  return isRare ? made : made.filter((value) => validator.accepts(value));
}

class Arbitraries {
  readonly #schemas: Schemas;
  readonly #known = new Map<unknown, Arbitrary<unknown>[]>();

  constructor(root: JsonSchema) {
    this.#schemas = new Schemas(root);
  }

  of(schema: unknown, depth: number): Arbitrary<unknown> {
    const known = this.#known.get(schema)?.[depth];
    if (known !== undefined) return known;
    const made = this.#make(schema, depth);
    if (isObject(schema)) {
      const depths = this.#known.get(schema) ?? [];
      depths[depth] = made;
      this.#known.set(schema, depths);
    }
    return made;
  }

  #make(schema: unknown, depth: number): Arbitrary<unknown> {
    const flat = this.#schemas.flatten(schema);
    if (flat === undefined) return fc.constant(null);
    const alternatives = this.#schemas.alternatives(flat);
    const [first, ...others] = alternatives.map((each) => this.#ofFlat(each, depth));
    if (first === undefined) return fc.constant(null);
    return others.length === 0 ? first : fc.oneof(first, ...others);
  }

  #ofFlat(flat: Flat, depth: number): Arbitrary<unknown> {
    if (flat.const !== undefined) return fc.constant(flat.const);
    if (Array.isArray(flat.enum))
      return flat.enum.length === 0 ? fc.constant(null) : fc.constantFrom(...flat.enum);
    const types = typesOf(flat);
    if (types.length === 0) return fc.oneof(fc.string({ maxLength: 10 }), fc.integer(), fc.boolean());
    const [first, ...others] = types.map((type) => this.#ofType(type, flat, depth));
    return others.length === 0
      ? (first ?? fc.constant(null))
      : fc.oneof(first ?? fc.constant(null), ...others);
  }

  #ofType(type: string, flat: Flat, depth: number): Arbitrary<unknown> {
    switch (type) {
      case "string":
        return strings(flat);
      case "integer":
        return integers(flat);
      case "number":
        return numbers(flat);
      case "boolean":
        return fc.boolean();
      case "array":
        return this.#arrays(flat, depth);
      case "object":
        return this.#objects(flat, depth);
      default:
        return fc.constant(null);
    }
  }

  #arrays(flat: Flat, depth: number): Arbitrary<unknown> {
    const minLength = Number(flat.minItems ?? 0);
    const isEnough = depth >= deepest;
    const maxLength = Math.max(
      minLength,
      isEnough ? 0 : Math.min(Number(flat.maxItems ?? mostItems), mostItems),
    );
    const prefix = Array.isArray(flat.prefixItems) ? flat.prefixItems : [];
    if (maxLength === 0) return fc.constant([]);
    if (prefix.length > 0) return fc.tuple(...prefix.map((item) => this.of(item, depth + 1)));
    const item = this.of(flat.items ?? {}, depth + 1);
    return flat.uniqueItems === true
      ? fc.uniqueArray(item, { minLength, maxLength, selector: (value) => JSON.stringify(value) })
      : fc.array(item, { minLength, maxLength });
  }

  #objects(flat: Flat, depth: number): Arbitrary<unknown> {
    const properties = isObject(flat.properties) ? flat.properties : {};
    const required = Array.isArray(flat.required) ? flat.required.map(String) : [];
    const names = Object.keys(properties).filter(
      (name) =>
        required.includes(name) || (depth < deepest && this.#schemas.flatten(properties[name]) !== undefined),
    );
    const model: Record<string, Arbitrary<unknown>> = {};
    for (const name of new Set([...names, ...required]))
      model[name] = this.of(properties[name] ?? flat.additionalProperties ?? {}, depth + 1);
    const objects = fc.record(model, { requiredKeys: required, noNullPrototype: true });
    const fewest = Number(flat.minProperties ?? 0);
    const { additionalProperties: others } = flat;
    if (fewest <= required.length && !(names.length === 0 && isObject(others))) return objects;
    if (others === false || depth >= deepest)
      return fc.record(model, {
        requiredKeys: Object.keys(model).slice(0, Math.max(fewest, required.length)),
        noNullPrototype: true,
      });
    const more = fc.dictionary(
      fc.stringMatching(/^[a-z]{1,8}$/),
      this.of(isObject(others) ? others : {}, depth + 1),
      {
        minKeys: fewest,
        maxKeys: Math.max(fewest, mostItems),
      },
    );
    return fc.tuple(more, objects).map(([extra, declared]) => ({ ...extra, ...declared }));
  }
}

function integers(flat: Flat): Arbitrary<number> {
  const step = Number(flat.multipleOf ?? 1);
  const { min, max } = range(flat, Math.ceil(step));
  if (Number.isInteger(step) && step > 1) {
    const [low, high] = [Math.ceil(min / step), Math.floor(max / step)];
    return fc.integer({ min: low, max: Math.max(low, high) }).map((number) => number * step);
  }
  return fc.integer({ min: Math.ceil(min), max: Math.max(Math.ceil(min), Math.floor(max)) });
}

function numbers(flat: Flat): Arbitrary<number> {
  const { min, max } = range(flat, 0);
  const step = Number(flat.multipleOf ?? 0);
  if (step > 0) {
    const [low, high] = [Math.ceil(min / step), Math.floor(max / step)];
    const digits = Math.max(0, -Math.floor(Math.log10(step)));
    return fc
      .integer({ min: low, max: Math.max(low, Math.min(high, low + 1_000_000)) })
      .map((number) => Number((number * step).toFixed(digits)));
  }
  return fc.oneof(
    fc.integer({ min: Math.ceil(min), max: Math.max(Math.ceil(min), Math.floor(max)) }),
    fc.integer({ min: 1, max: 99 }).map((hundredth) => min + ((max - min) * hundredth) / 100),
  );
}

/** What a number may be; within 32 bits where nothing is said, which most servers can hold. */
function range(flat: Flat, step: number): { min: number; max: number } {
  const bits = flat.format === "int64" ? 2 ** 53 - 1 : 2 ** 31 - 1;
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = flat;
  const above =
    typeof exclusiveMinimum === "number" ? exclusiveMinimum + (step || 1e-6) : Number.NEGATIVE_INFINITY;
  const below =
    typeof exclusiveMaximum === "number" ? exclusiveMaximum - (step || 1e-6) : Number.POSITIVE_INFINITY;
  const low = Math.max(typeof minimum === "number" ? minimum : Number.NEGATIVE_INFINITY, above);
  const high = Math.min(typeof maximum === "number" ? maximum : Number.POSITIVE_INFINITY, below);
  const min = Number.isFinite(low)
    ? Math.max(low, -(2 ** 53) + 1)
    : Math.min(-bits, Number.isFinite(high) ? high : 0);
  return { min, max: Number.isFinite(high) ? Math.min(high, 2 ** 53 - 1) : Math.max(bits, min) };
}
