import { readDiscriminator } from "./discriminator.ts";
import type { JsonObject, Located, OpenApiDocument } from "./reference.ts";
import { asArray, asObject, dereference, isObject, member, members } from "./reference.ts";

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

  /** The coercion to a schema of the document, made when it is first asked for: schemas are recursive. */
  to(schema: Located): Coercion {
    const known = this.#known.get(schema.value) ?? this.#lazy([schema]);
    this.#known.set(schema.value, known);
    return known;
  }

  /** The JSON types that the schema takes; none where it does not say. */
  types(schema: Located): ReadonlySet<string> {
    return typesOf(this.#applied(schema, new Set()));
  }

  /** The coercion to what several schemas, each of which may be the one that holds, take together. */
  #toAny(schemas: readonly Located[]): Coercion {
    const [first, ...others] = schemas;
    if (first === undefined) return (value) => value;
    return others.length === 0 ? this.to(first) : this.#lazy(schemas);
  }

  #lazy(schemas: readonly Located[]): Coercion {
    let made: Coercion | undefined;
    return (value) => {
      made ??= this.#make(schemas);
      return made(value);
    };
  }

  #make(schemas: readonly Located[]): Coercion {
    const applied = schemas.flatMap((schema) => this.#applied(schema, new Set()));
    const types = typesOf(applied);
    const items = this.#toAny(subschemas(applied, "items"));
    const additional = this.#toAny(subschemas(applied, "additionalProperties"));
    const properties = new Map(
      [...Map.groupBy(applied.flatMap(propertiesOf), ([name]) => name)].map(([name, declared]) => [
        name,
        this.#toAny(declared.map(([, schema]) => schema)),
      ]),
    );
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

  #branches(schema: Located<JsonObject>): ((value: JsonObject) => unknown)[] {
    const discriminator = readDiscriminator(this.#document, schema);
    if (discriminator === undefined) return [];
    const { property } = discriminator;
    const coercions = new Map([...discriminator.branches].map(([tag, branch]) => [tag, this.to(branch)]));
    return [(value) => coercions.get(String(value[property]))?.(value) ?? value];
  }
}

function subschemas(schemas: readonly Located<JsonObject>[], keyword: string): Located[] {
  return schemas.flatMap((schema) => {
    const found = member(schema, keyword);
    return found !== undefined && isObject(found.value) ? [found] : [];
  });
}

function propertiesOf(schema: Located<JsonObject>): [string, Located][] {
  const properties = member(schema, "properties");
  return properties === undefined ? [] : members(asObject(properties));
}

function typesOf(schemas: readonly Located<JsonObject>[]): ReadonlySet<string> {
  return new Set(schemas.flatMap(({ value }) => ownTypes(value)));
}

function ownTypes(schema: JsonObject): string[] {
  const types = [schema.type ?? []].flat() as string[];
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
