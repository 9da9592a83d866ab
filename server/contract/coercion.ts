import { readDiscriminator } from "./discriminator.ts";
import type { JsonObject, Located, OpenApiDocument } from "./document.ts";
import { asArray, asObject, dereference, isObject, member, members } from "./document.ts";

/** Gives a value that arrived as text the type that its schema names; one that has no such reading stays as it is. */
export type Coercion = (value: unknown) => unknown;

/** RFC 8259 §6: what a number looks like on the wire; neither hexadecimal nor blanks nor Infinity. */
const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * Coercions for values whose wire format knows only text: parameters and form bodies. They follow the schema:
 * text stays text where the schema takes a string, and a tag decides between the alternatives of a discriminator.
 */
export class Coercions {
  readonly #document: OpenApiDocument;
  readonly #known = new Map<unknown, Coercion>();

  constructor(document: OpenApiDocument) {
    this.#document = document;
  }

  /** The coercion to a schema of the document. */
  to(schema: Located): Coercion {
    const known = this.#known.get(schema.value);
    if (known !== undefined) return known;
    // A recursive schema meets itself while its coercion is still being made.
    let made: Coercion = (value) => value;
    this.#known.set(schema.value, (value) => made(value));
    made = this.#make(schema);
    this.#known.set(schema.value, made);
    return made;
  }

  /** The JSON types that the schema takes; none where it does not say. */
  types(schema: Located): ReadonlySet<string> {
    return new Set(this.#applied(schema, new Set()).flatMap((each) => typesOf(each.value)));
  }

  #make(schema: Located): Coercion {
    const applied = this.#applied(schema, new Set());
    const types = this.types(schema);
    const items = this.#alternatives(applied, "items");
    const properties = this.#properties(applied);
    const additional = this.#alternatives(applied, "additionalProperties");
    const branches = applied.flatMap((each) => this.#branches(each));
    return (value) => {
      const shaped = types.has("array") && !types.has("object") ? toArray(value, types.has("string")) : value;
      if (typeof shaped === "string") return toScalar(shaped, types);
      if (Array.isArray(shaped)) return shaped.map(items);
      if (!isObject(shaped)) return shaped;
      const object = Object.fromEntries(
        Object.entries(shaped).map(([name, each]) => [name, (properties.get(name) ?? additional)(each)]),
      );
      return branches.reduce<unknown>((coerced, branch) => branch(coerced as JsonObject), object);
    };
  }

  /** The schemas that apply to the same value: `$ref`, `allOf`, and alternatives that no tag decides between. */
  #applied(schema: Located, seen: ReadonlySet<unknown>): Located<JsonObject>[] {
    if (!isObject(schema.value)) return [];
    const resolved = dereference(this.#document, schema);
    if (seen.has(resolved.value)) return [];
    const further = new Set([...seen, resolved.value]);
    const own = resolved.value === schema.value ? [] : [schema as Located<JsonObject>];
    const keywords = readDiscriminator(this.#document, resolved) ? ["allOf"] : ["allOf", "anyOf", "oneOf"];
    const parts = keywords.flatMap((keyword) => {
      const list = member(resolved, keyword);
      return list === undefined ? [] : members(asArray(list)).map(([, part]) => part);
    });
    return [...own, resolved, ...parts.flatMap((part) => this.#applied(part, further))];
  }

  #alternatives(
    applied: readonly Located<JsonObject>[],
    keyword: "items" | "additionalProperties",
  ): Coercion {
    const found = applied.flatMap((each) => {
      const schema = member(each, keyword);
      return schema !== undefined && isObject(schema.value) ? [this.to(schema)] : [];
    });
    return (value) => found.reduce((coerced, coercion) => coercion(coerced), value);
  }

  #properties(applied: readonly Located<JsonObject>[]): Map<string, Coercion> {
    const coercions = new Map<string, Coercion>();
    for (const each of applied) {
      const properties = member(each, "properties");
      for (const [name, property] of properties === undefined ? [] : members(asObject(properties))) {
        const before = coercions.get(name);
        const coercion = this.to(property);
        coercions.set(name, before === undefined ? coercion : (value) => coercion(before(value)));
      }
    }
    return coercions;
  }

  #branches(schema: Located<JsonObject>): ((value: JsonObject) => unknown)[] {
    const discriminator = readDiscriminator(this.#document, schema);
    if (discriminator === undefined) return [];
    const { property } = discriminator;
    const coercions = new Map([...discriminator.branches].map(([tag, branch]) => [tag, this.to(branch)]));
    return [(value) => coercions.get(String(value[property]))?.(value) ?? value];
  }
}

function typesOf(schema: JsonObject): string[] {
  const declared = schema.type;
  const types = Array.isArray(declared) ? declared : typeof declared === "string" ? [declared] : [];
  if (types.length > 0) return schema.nullable === true ? [...types, "null"] : types;
  const values = schema.const === undefined ? schema.enum : [schema.const];
  return Array.isArray(values) ? values.map((value) => (value === null ? "null" : typeof value)) : [];
}

function toScalar(text: string, types: ReadonlySet<string>): unknown {
  if (types.has("string")) return text;
  if ((types.has("integer") || types.has("number")) && jsonNumber.test(text)) {
    const number = Number(text);
    // An integer too large to be told from its neighbour would silently become another one.
    return Number.isInteger(number) && !Number.isSafeInteger(number) ? text : number;
  }
  if (types.has("boolean") && (text === "true" || text === "false")) return text === "true";
  if (types.has("null") && text === "") return null;
  return text;
}

/** `{0: a, 1: b}` and a single value are how some form encoders write an array. */
function toArray(value: unknown, takesString: boolean): unknown {
  if (Array.isArray(value) || value === undefined || value === null) return value;
  if (typeof value === "string") return takesString ? value : [value];
  if (!isObject(value)) return value;
  const keys = Object.keys(value);
  if (keys.length === 0) return [];
  if (!keys.every((key) => /^(?:0|[1-9]\d*)$/.test(key))) return [value];
  return keys.toSorted((a, b) => Number(a) - Number(b)).map((key) => value[key]);
}
