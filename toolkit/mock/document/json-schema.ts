import { arrayAt, isJsonObject, type JsonObject, objectAt } from "../../openapi/json.ts";
import type { ContractDocument } from "./document.ts";
import { dereference, follow } from "./reference.ts";

/** Requests leave out what is `readOnly`, responses what is `writeOnly`. */
export type Direction = "request" | "response";

/** A JSON Schema 2020-12 that stands alone: every `$ref` leads into its own `$defs`. */
export type JsonSchema = JsonObject | boolean;

const IN_MAPS = ["properties", "patternProperties", "dependentSchemas"];
const IN_ARRAYS = ["allOf", "anyOf", "oneOf", "prefixItems"];
const SINGLE = [
  ...["additionalProperties", "unevaluatedProperties", "propertyNames", "unevaluatedItems", "contains"],
  ...["items", "not", "if", "then", "else"],
];
/** Keywords that would give `$ref` another base, that OpenAPI owns, or that only describe. */
const DROPPED = new Set([
  ...[
    "$ref",
    "$schema",
    "$id",
    "$anchor",
    "$dynamicAnchor",
    "$dynamicRef",
    "$defs",
    "definitions",
    "$comment",
  ],
  ...["nullable", "example", "xml", "externalDocs", "discriminator", "description", "title", "deprecated"],
]);

/**
 * Turns a schema of an OpenAPI document into a JSON Schema that stands alone, for one direction.
 * Recursion stays recursion (`$defs`). Only what the schema reaches is copied.
 *
 * @param tagged makes each schema behind a `discriminator` carry its own tag. For what we generate:
 *   OpenAPI says so in prose, while a message of others is held to what the schemas themselves demand.
 */
export function toJsonSchema(
  document: ContractDocument,
  schema: unknown,
  direction: Direction,
  tagged = false,
): JsonSchema {
  return new Conversion(document, direction, tagged).run(schema);
}

class Conversion {
  readonly #document: ContractDocument;
  readonly #direction: Direction;
  readonly #tagged: boolean;
  readonly #names = new Map<string, string>();
  readonly #definitions: Record<string, JsonSchema> = {};
  readonly #pending: { name: string; target: unknown; excluded: readonly string[]; pointer: string }[] = [];

  constructor(document: ContractDocument, direction: Direction, tagged: boolean) {
    this.#document = document;
    this.#direction = direction;
    this.#tagged = tagged;
  }

  run(schema: unknown): JsonSchema {
    const root = this.#convert(schema, []);
    for (let next = this.#pending.pop(); next; next = this.#pending.pop()) {
      const converted = this.#convert(next.target, next.excluded);
      this.#definitions[next.name] = this.#withInheritedTag(next.pointer, next.target, converted);
    }
    if (this.#names.size === 0 || typeof root === "boolean") return root;
    return { ...root, $defs: this.#definitions };
  }

  #convert(schema: unknown, inherited: readonly string[]): JsonSchema {
    if (typeof schema === "boolean") return schema;
    if (!isJsonObject(schema)) return {};
    if (typeof schema.$ref === "string") return this.#reference(schema, inherited);
    const excluded = [...inherited, ...this.#excluded(schema, new Set())];
    const result: JsonObject = {};
    for (const [keyword, value] of Object.entries(schema)) {
      if (!DROPPED.has(keyword) && !keyword.startsWith("x-"))
        result[keyword] = this.#keyword(keyword, value, excluded);
    }
    if (excluded.length > 0) leaveOut(result, excluded);
    if (Array.isArray(schema.items)) {
      result.prefixItems = result.items;
      delete result.items;
    }
    if (schema.example !== undefined) result.examples = [schema.example];
    for (const keyword of ["oneOf", "anyOf"]) this.#alternatives(schema, keyword, result);
    tidy(result);
    return this.#document.dialect === "3.0" ? fromOpenApi30(schema, result) : result;
  }

  #keyword(keyword: string, value: unknown, excluded: readonly string[]): unknown {
    if (IN_MAPS.includes(keyword)) {
      if (!isJsonObject(value)) return {};
      return Object.fromEntries(
        Object.entries(value).map(([name, child]) => [name, this.#convert(child, [])]),
      );
    }
    if (IN_ARRAYS.includes(keyword) || (keyword === "items" && Array.isArray(value))) {
      const passedOn = keyword === "allOf" ? excluded : [];
      return Array.isArray(value) ? value.map((child) => this.#convert(child, passedOn)) : [];
    }
    return SINGLE.includes(keyword) ? this.#convert(value, []) : value;
  }

  #reference(schema: JsonObject, excluded: readonly string[]): JsonSchema {
    const { value, pointer } = follow(this.#document.root, schema);
    if (value === undefined || pointer === undefined) return {};
    const key = [pointer, ...excluded].join(" ");
    let name = this.#names.get(key);
    if (name === undefined) {
      name = `d${this.#names.size}`;
      this.#names.set(key, name);
      this.#pending.push({ name, target: value, excluded, pointer });
    }
    const reference = { $ref: `#/$defs/${name}` };
    const siblings = Object.keys(schema).filter((keyword) => !DROPPED.has(keyword));
    if (this.#document.dialect === "3.0" || siblings.length === 0) return reference;
    const { $ref: _followed, ...rest } = schema;
    return { ...(this.#convert(rest, excluded) as JsonObject), ...reference };
  }

  /** A schema that extends one with a `discriminator` carries its own name there: what tells a Cat from a Pet. */
  #withInheritedTag(pointer: string, schema: unknown, converted: JsonSchema): JsonSchema {
    if (!this.#tagged || !isJsonObject(schema) || typeof converted === "boolean") return converted;
    const tags = arrayAt(schema, "allOf").flatMap((parent) => {
      const { discriminator } = dereference(this.#document.root, parent);
      return isJsonObject(discriminator) ? tag(discriminator, pointer) : [];
    });
    return tags.length === 0 ? converted : { ...converted, allOf: [...arrayAt(converted, "allOf"), ...tags] };
  }

  #alternatives(schema: JsonObject, keyword: string, converted: JsonObject): void {
    const { discriminator } = schema;
    if (!this.#tagged || !isJsonObject(discriminator)) return;
    const branches = arrayAt(schema, keyword);
    converted[keyword] = arrayAt(converted, keyword).map((branch, index) => {
      const { pointer } = follow(this.#document.root, branches[index]);
      return pointer === undefined ? branch : { allOf: [branch, ...tag(discriminator, pointer)] };
    });
  }

  /** The properties that do not travel in this direction, of a schema and all it extends. */
  #excluded(schema: JsonObject, seen: Set<unknown>): string[] {
    if (seen.has(schema)) return [];
    seen.add(schema);
    const marker = this.#direction === "request" ? "readOnly" : "writeOnly";
    const own = Object.entries(objectAt(schema, "properties"))
      .filter(([, property]) => isJsonObject(property))
      .filter(([, property]) => {
        const carrier = property as JsonObject;
        return carrier[marker] === true || dereference(this.#document.root, carrier)[marker] === true;
      })
      .map(([name]) => name);
    const extended = arrayAt(schema, "allOf").flatMap((parent) =>
      this.#excluded(dereference(this.#document.root, parent), seen),
    );
    return [...own, ...extended];
  }
}

/** The schema of a discriminator's property for the schema at a pointer: its key in the mapping, else its name. */
function tag(discriminator: JsonObject, pointer: string): JsonSchema[] {
  const property = discriminator.propertyName;
  if (typeof property !== "string") return [];
  const name = pointer.slice(pointer.lastIndexOf("/") + 1);
  const mapped = Object.entries(objectAt(discriminator, "mapping")).find(
    ([, target]) => target === pointer || target === name,
  );
  return [
    { type: "object", properties: { [property]: { const: mapped?.[0] ?? name } }, required: [property] },
  ];
}

function leaveOut(schema: JsonObject, excluded: readonly string[]): void {
  if (isJsonObject(schema.properties)) {
    const kept = Object.entries(schema.properties).filter(([name]) => !excluded.includes(name));
    schema.properties = Object.fromEntries(kept);
  }
  if (Array.isArray(schema.required)) {
    schema.required = schema.required.filter((name) => !excluded.includes(String(name)));
  }
}

/** Mends what documents often get wrong and a validator would refuse the whole schema for. */
function tidy(schema: JsonObject): void {
  if (!Array.isArray(schema.required)) delete schema.required;
  if (Array.isArray(schema.enum) && schema.enum.length === 0) delete schema.enum;
  for (const keyword of IN_ARRAYS) if (arrayAt(schema, keyword).length === 0) delete schema[keyword];
  if (schema.examples !== undefined && !Array.isArray(schema.examples)) delete schema.examples;
}

function fromOpenApi30(source: JsonObject, schema: JsonObject): JsonSchema {
  for (const [flag, limit] of [
    ["exclusiveMinimum", "minimum"],
    ["exclusiveMaximum", "maximum"],
  ] as const) {
    if (typeof schema[flag] !== "boolean") continue;
    if (schema[flag] === true && schema[limit] !== undefined) {
      schema[flag] = schema[limit];
      delete schema[limit];
    } else {
      delete schema[flag];
    }
  }
  if (source.nullable !== true) return schema;
  if (typeof schema.type === "string") {
    if (Array.isArray(schema.enum) && !schema.enum.includes(null)) schema.enum = [...schema.enum, null];
    return { ...schema, type: [schema.type, "null"] };
  }
  const { default: fallback, examples, ...rest } = schema;
  return {
    anyOf: [rest, { type: "null" }],
    ...(fallback !== undefined && { default: fallback }),
    ...(examples !== undefined && { examples }),
  };
}
