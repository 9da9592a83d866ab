import { readDiscriminator } from "./discriminator.ts";
import type { ContractDocument } from "./document.ts";
import { arrayAt, isObject, type JsonObject } from "./json.ts";
import { chain, elements, type Located, member, members } from "./reference.ts";
import { boundedRegExp, isPattern } from "./schema-keywords.ts";
import { toArray, toScalar } from "./text-value.ts";

/** Gives a value that arrived as text the type that its schema names; one that has no such reading stays as it is. */
export type Coercion = (value: unknown) => unknown;

/** Whether a value is as a schema of the document says. */
export type Accepts = (schema: Located, value: unknown) => boolean;

/** Keywords that speak of objects. */
const objectKeywords = ["properties", "patternProperties", "additionalProperties"];

/** Keywords by which a schema takes some texts only. */
const textLimits = ["enum", "const", "format", "pattern", "minLength", "maxLength"];

/**
 * Coercions for values whose wire format knows only text: parameters and form bodies. They follow the schema:
 * text stays text where the schema takes such a string, and a tag decides between the alternatives of a discriminator.
 */
export class Coercions {
  readonly document: ContractDocument;
  readonly #accepts: Accepts;
  /** Whether an integer that a number would round becomes a `bigint`, rather than being refused. */
  readonly isExact: boolean;
  readonly #known = new Map<unknown, Coercion>();

  constructor(document: ContractDocument, accepts: Accepts, isExact = false) {
    this.document = document;
    this.isExact = isExact;
    this.#accepts = accepts;
  }

  /** The coercion to a schema of the document, made when it is first asked for: schemas are recursive. */
  to(schema: Located): Coercion {
    const known = this.#known.get(schema.value) ?? this.#lazy([schema]);
    this.#known.set(schema.value, known);
    return known;
  }

  /** Whether a schema takes a list, an object, a plain value, or one of these and a list. */
  takes(schema: Located | undefined): "value" | "array" | "object" | "any" {
    if (schema === undefined) return "any";
    const applied = this.#applied(schema, new Set());
    const types = typesOf(applied);
    const has = (keyword: string) => applied.some(({ value }) => value[keyword] !== undefined);
    const isUntyped = types.size === 0;
    const isList = types.has("array") || (isUntyped && ["items", "prefixItems"].some(has));
    const isObjectLike = types.has("object") || (isUntyped && objectKeywords.some(has));
    const isValue = ["string", "number", "integer", "boolean"].some((type) => types.has(type));
    if (isList) return isValue ? "any" : "array";
    return isObjectLike && !isValue ? "object" : "value";
  }

  /** The names of the properties that an object may have, and whether it may have others. */
  properties(schema: Located): { readonly names: readonly string[]; readonly isOpen: boolean } {
    const applied = this.#applied(schema, new Set());
    const names = [...new Set(applied.flatMap(propertiesOf).map(([name]) => name))];
    const others = applied
      .map(({ value }) => value.additionalProperties)
      .filter((each) => each !== undefined);
    return { names, isOpen: others.length > 0 ? !others.includes(false) : names.length === 0 };
  }

  /** The schema of each property that an object may have; of several that hold together the first. */
  propertySchemas(schema: Located): ReadonlyMap<string, Located> {
    const found = new Map<string, Located>();
    for (const [name, property] of this.#applied(schema, new Set()).flatMap(propertiesOf)) {
      if (!found.has(name)) found.set(name, property);
    }
    return found;
  }

  /** The schema of a list's items. */
  itemSchema(schema: Located): Located | undefined {
    return subschemas(this.#applied(schema, new Set()), "items")[0];
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
    const toScalar = this.#scalar(applied, types);
    const items = this.#toAny(subschemas(applied, "items"));
    const tuples = applied.map(tupleOf);
    const first = Array.from({ length: Math.max(0, ...tuples.map(({ length }) => length)) }, (_, index) =>
      this.#toAny(tuples.flatMap((tuple) => tuple[index] ?? [])),
    );
    const patterns = applied
      .flatMap(patternsOf)
      .map(([pattern, schema]) => [pattern, this.to(schema)] as const);
    const additional = this.#toAny(subschemas(applied, "additionalProperties"));
    const properties = new Map(
      [...Map.groupBy(applied.flatMap(propertiesOf), ([name]) => name)].map(([name, declared]) => [
        name,
        this.#toAny(declared.map(([, schema]) => schema)),
      ]),
    );
    const branches = applied.flatMap((each) => this.#branches(each));
    return (value) => {
      const shaped = types.has("array") && !types.has("object") ? toArray(value, isScalar(types)) : value;
      if (typeof shaped === "string") return toScalar(shaped);
      if (Array.isArray(shaped)) return shaped.map((each, index) => (first[index] ?? items)(each));
      // A file is no object.
      if (!isObject(shaped) || shaped instanceof Blob) return shaped;
      const object = Object.fromEntries(
        Object.entries(shaped).map(([name, each]) => {
          const matching = () => patterns.find(([pattern]) => pattern.test(name))?.[1];
          return [name, (properties.get(name) ?? matching() ?? additional)(each)];
        }),
      );
      return branches.reduce<unknown>((coerced, branch) => branch(coerced as JsonObject), object);
    };
  }

  /** A text stays one where a string is taken, unless only some are and this is none of them. */
  #scalar(applied: readonly Located<JsonObject>[], types: ReadonlySet<string>): (text: string) => unknown {
    const strings = applied.filter(({ value }) => ownTypes(value).includes("string"));
    const isLimited =
      strings.length > 0 &&
      strings.every(({ value }) => textLimits.some((limit) => value[limit] !== undefined));
    return (text) => {
      if (!types.has("string")) return toScalar(text, types, this.isExact);
      const typed = isLimited ? toScalar(text, types, this.isExact) : text;
      return typed === text || strings.some((schema) => this.#accepts(schema, text)) ? text : typed;
    };
  }

  /** The schemas that apply to the same value: references, `allOf`, and alternatives that no tag decides between. */
  #applied(schema: Located, seen: Set<unknown>): Located<JsonObject>[] {
    const found: Located<JsonObject>[] = [];
    for (const each of chain(this.document, schema)) {
      if (!isObject(each.value) || seen.has(each.value)) break;
      seen.add(each.value);
      const own = each as Located<JsonObject>;
      found.push(own, ...exampleSchemas(own));
      const isTagged =
        own.value.discriminator !== undefined && readDiscriminator(this.document, own) !== undefined;
      const keywords = isTagged ? ["allOf"] : ["allOf", "anyOf", "oneOf"];
      const lists = keywords.flatMap((keyword) => elements(member(own, keyword)));
      const single = isTagged ? [] : ["if", "then", "else"].flatMap((keyword) => member(own, keyword) ?? []);
      const dependent = members(member(own, "dependentSchemas")).map(([, part]) => part);
      for (const part of [...lists, ...single, ...dependent]) found.push(...this.#applied(part, seen));
    }
    return found;
  }

  #branches(schema: Located<JsonObject>): ((value: JsonObject) => unknown)[] {
    if (schema.value.discriminator === undefined) return [];
    const discriminator = readDiscriminator(this.document, schema);
    if (discriminator === undefined) return [];
    const { property } = discriminator;
    const coercions = new Map([...discriminator.branches].map(([tag, branch]) => [tag, this.to(branch)]));
    const fallback = discriminator.fallback && this.to(discriminator.fallback);
    return [(value) => (coercions.get(String(value[property])) ?? fallback)?.(value) ?? value];
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
  return isObject(properties?.value) ? members(properties) : [];
}

/** Schemas of the lists and objects that a `const` or `enum` names: their members have types, too. */
function exampleSchemas({ value, pointer }: Located<JsonObject>): Located<JsonObject>[] {
  const named = value.const === undefined ? arrayAt(value, "enum") : [value.const];
  return named
    .filter((each) => typeof each === "object" && each !== null)
    .map((each) => ({ value: schemaOf(each) as JsonObject, pointer }));
}

function schemaOf(value: unknown): unknown {
  if (Array.isArray(value)) return { type: "array", prefixItems: value.map(schemaOf) };
  if (!isObject(value)) return { const: value };
  return {
    type: "object",
    properties: Object.fromEntries(Object.entries(value).map(([name, each]) => [name, schemaOf(each)])),
  };
}

/** The schemas of a list's first items; until 2019, `items` was a list of them. */
function tupleOf(schema: Located<JsonObject>): Located[] {
  return ["prefixItems", "items"].flatMap((keyword) => elements(member(schema, keyword)));
}

function patternsOf(schema: Located<JsonObject>): [RegExp, Located][] {
  return members(member(schema, "patternProperties"))
    .filter(([pattern]) => isPattern(pattern, ""))
    .map(([pattern, each]) => [boundedRegExp(pattern, "u"), each]);
}

function typesOf(schemas: readonly Located<JsonObject>[]): ReadonlySet<string> {
  return new Set(schemas.flatMap(({ value }) => ownTypes(value)));
}

function isScalar(types: ReadonlySet<string>): boolean {
  return ["string", "number", "integer", "boolean"].some((type) => types.has(type));
}

function ownTypes(schema: JsonObject): string[] {
  const types = [schema.type ?? []].flat() as string[];
  if (types.length > 0) return schema.nullable === true ? [...types, "null"] : types;
  const values = schema.const === undefined ? schema.enum : [schema.const];
  if (!Array.isArray(values)) return [];
  return values.map((value) => (value === null ? "null" : Array.isArray(value) ? "array" : typeof value));
}
