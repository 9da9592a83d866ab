import type { Format, ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import formatsPlugin from "ajv-formats";
import { readDiscriminator } from "./discriminator.ts";
import type { JsonObject, Located, OpenApiDocument } from "./document.ts";
import { asArray, asObject, asString, dereference, isObject, member, members, target } from "./document.ts";
import { ContractSetupError } from "./errors.ts";
import type { Parameter } from "./operations.ts";

/** What a schema is held against: `readOnly` properties are no part of a request, `writeOnly` ones of no response. */
export type Direction = "request" | "response";

/** Formats beyond those of ajv-formats, by name. A format that neither knows is refused. */
export type Formats = Readonly<Record<string, Format>>;

export type JsonSchema = Record<string, unknown>;

const assertions = new Set(
  (
    "type enum const multipleOf maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength pattern " +
    "maxItems minItems uniqueItems maxContains minContains maxProperties minProperties required dependentRequired"
  ).split(" "),
);
const annotations = new Set(
  (
    "title default deprecated readOnly writeOnly example examples xml externalDocs discriminator nullable " +
    "contentEncoding contentMediaType contentSchema $comment $schema $defs definitions"
  ).split(" "),
);
const schemaMaps = new Set(["properties", "patternProperties", "dependentSchemas"]);
const schemaLists = new Set(["allOf", "anyOf", "oneOf", "prefixItems"]);
const schemas = new Set(
  (
    "items additionalProperties not if then else contains propertyNames " +
    "unevaluatedItems unevaluatedProperties"
  ).split(" "),
);

/**
 * Compiles the Schema Objects of one document for one direction. One Ajv instance serves them all, and each schema
 * that is referred to is compiled once.
 */
export class Schemas {
  readonly #document: OpenApiDocument;
  readonly #isVersion30: boolean;
  /** The keyword whose properties do not belong in this direction. */
  readonly #forbidden: "readOnly" | "writeOnly";
  readonly #ajv: Ajv2020;
  readonly #identifiers = new Map<string, string>();

  constructor(document: OpenApiDocument, direction: Direction, formats: Formats = {}) {
    this.#document = document;
    this.#isVersion30 = document.openapi.startsWith("3.0");
    this.#forbidden = direction === "request" ? "readOnly" : "writeOnly";
    this.#ajv = new Ajv2020({
      // Every keyword is checked below, with a message that names its place in the document.
      strict: false,
      meta: false,
      validateSchema: false,
      addUsedSchema: false,
      // Compiled once and called, instead of copied to wherever it is referred to.
      inlineRefs: false,
      // The schema of a violation holds its description.
      verbose: true,
      multipleOfPrecision: 9,
      logger: false,
      formats,
    });
    formatsPlugin.default(this.#ajv);
    this.#ajv.removeKeyword(this.#forbidden);
    this.#ajv.addKeyword({
      keyword: this.#forbidden,
      schemaType: "boolean",
      validate: (flag: boolean) => !flag,
    });
  }

  /** Compiles a schema of the document. */
  compile(schema: Located): ValidateFunction {
    return this.#compile(this.#rewrite(schema), schema.pointer);
  }

  /** Compiles the object that the values of several parameters make. */
  compileParameters(parameters: readonly Parameter[]): ValidateFunction {
    const schema: JsonSchema = {
      type: "object",
      properties: Object.fromEntries(
        parameters.map((parameter) => [parameter.name, this.#parameter(parameter)]),
      ),
      required: parameters.filter(({ required }) => required).map(({ name }) => name),
    };
    return this.#compile(schema, parameters.map(({ pointer }) => pointer).join(", "));
  }

  /** The schema that a compiled schema's `$ref` stands for. */
  referenced(identifier: string): unknown {
    return this.#ajv.schemas[identifier]?.schema;
  }

  #parameter({ schema, description }: Parameter): JsonSchema | boolean {
    const rewritten = this.#rewrite(schema);
    if (description === undefined || typeof rewritten === "boolean") return rewritten;
    return { description, ...rewritten };
  }

  #compile(schema: JsonSchema | boolean, pointer: string): ValidateFunction {
    try {
      return this.#ajv.compile(schema);
    } catch (error) {
      throw new ContractSetupError(`${pointer} is not a valid schema: ${(error as Error).message}.`);
    }
  }

  /** An OpenAPI schema as plain JSON Schema 2020-12 with what this direction asks for. */
  #rewrite(located: Located, inherited: ReadonlySet<string> = new Set()): JsonSchema | boolean {
    if (typeof located.value === "boolean") return located.value;
    if (!isObject(located.value)) throw new ContractSetupError(`${located.pointer} must be a schema.`);
    const schema = asObject(located);
    const ref = member(schema, "$ref");
    if (ref !== undefined && this.#isVersion30) return this.#withDescription(this.#reference(ref), schema);
    const rewritten: JsonSchema = ref === undefined ? {} : this.#reference(ref);
    const forbidden = new Set([...inherited, ...this.#forbiddenProperties(schema)]);
    for (const [keyword, value] of members(schema)) {
      if (keyword === "$ref" || keyword === "description") continue;
      if (keyword === "required") rewritten[keyword] = this.#rewriteRequired(value, forbidden);
      else if (keyword === "format") rewritten[keyword] = this.#knownFormat(value);
      else if (keyword === "properties") rewritten[keyword] = this.#rewriteProperties(value);
      else if (assertions.has(keyword)) rewritten[keyword] = value.value;
      else if (schemas.has(keyword)) rewritten[keyword] = this.#rewrite(value);
      else if (schemaLists.has(keyword)) {
        const inherits = keyword === "allOf" ? forbidden : undefined;
        rewritten[keyword] = members(asArray(value)).map(([, item]) => this.#rewrite(item, inherits));
      } else if (schemaMaps.has(keyword)) {
        rewritten[keyword] = Object.fromEntries(
          members(asObject(value)).map(([name, item]) => [name, this.#rewrite(item)]),
        );
      } else if (!annotations.has(keyword) && !keyword.startsWith("x-")) {
        throw new ContractSetupError(
          `${schema.pointer} uses "${keyword}", which this server cannot hold data against: correct or remove it.`,
        );
      }
    }
    if (this.#isVersion30) rewriteVersion30(rewritten, schema.value);
    else if (schema.value.nullable !== undefined) {
      throw new ContractSetupError(
        `${schema.pointer} uses "nullable", which OpenAPI 3.1 does not have: write "type: [..., 'null']".`,
      );
    }
    this.#rewriteDiscriminator(rewritten, schema);
    return this.#withDescription(rewritten, schema);
  }

  #reference(ref: Located): JsonSchema {
    const { pointer } = target(this.#document, ref);
    let identifier = this.#identifiers.get(pointer);
    if (identifier === undefined) {
      identifier = `/${this.#identifiers.size}`;
      this.#identifiers.set(pointer, identifier);
      this.#ajv.addSchema(this.#rewrite(target(this.#document, ref)) as JsonSchema, identifier);
    }
    return { $ref: identifier };
  }

  #withDescription(rewritten: JsonSchema, schema: Located<JsonObject>): JsonSchema {
    const { description } = schema.value;
    if (typeof description === "string") rewritten.description = description;
    return rewritten;
  }

  #knownFormat(located: Located): string {
    const format = asString(located);
    if (!Object.hasOwn(this.#ajv.formats, format)) {
      throw new ContractSetupError(
        `${located.pointer} is "${format}", which nothing here checks: define it with the option "formats" or use a pattern.`,
      );
    }
    return format;
  }

  #rewriteProperties(located: Located): JsonSchema {
    return Object.fromEntries(
      members(asObject(located)).map(([name, property]) => [
        name,
        this.#isForbidden(property)
          ? this.#withDescription({ [this.#forbidden]: true }, dereference(this.#document, property))
          : this.#rewrite(property),
      ]),
    );
  }

  /** A property that does not belong in this direction is not required in it (OpenAPI 3.0.4 §4.7.24.2). */
  #rewriteRequired(located: Located, forbidden: ReadonlySet<string>): unknown[] {
    return asArray(located).value.filter((name) => typeof name !== "string" || !forbidden.has(name));
  }

  #forbiddenProperties(schema: Located<JsonObject>, seen: ReadonlySet<unknown> = new Set()): string[] {
    if (seen.has(schema.value)) return [];
    const names: string[] = [];
    const properties = member(schema, "properties");
    if (properties !== undefined) {
      for (const [name, property] of members(asObject(properties)))
        if (this.#isForbidden(property)) names.push(name);
    }
    const parts = member(schema, "allOf");
    for (const [, part] of parts === undefined ? [] : members(asArray(parts))) {
      if (!isObject(part.value)) continue;
      const resolved = dereference(this.#document, part);
      names.push(...this.#forbiddenProperties(resolved, new Set([...seen, schema.value])));
    }
    return names;
  }

  #isForbidden(property: Located): boolean {
    for (let current = property; isObject(current.value); ) {
      if (current.value[this.#forbidden] === true) return true;
      const ref = member(asObject(current), "$ref");
      if (ref === undefined) return false;
      current = target(this.#document, ref);
    }
    return false;
  }

  /**
   * Only the branch that the tag chooses is looked at, so that a violation is that branch's and not "none of five".
   * Ajv's own `discriminator` refuses `mapping` and branches composed with `allOf`.
   */
  #rewriteDiscriminator(rewritten: JsonSchema, schema: Located<JsonObject>): void {
    const discriminator = readDiscriminator(this.#document, schema);
    if (discriminator === undefined) return;
    const { property, branches, nullable } = discriminator;
    delete rewritten[schema.value.oneOf === undefined ? "anyOf" : "oneOf"];
    const tagsByBranch = new Map<Located, string[]>();
    for (const [tag, branch] of branches)
      tagsByBranch.set(branch, [...(tagsByBranch.get(branch) ?? []), tag]);
    rewritten.allOf = [
      ...((rewritten.allOf as unknown[] | undefined) ?? []),
      {
        type: nullable ? ["object", "null"] : "object",
        required: [property],
        properties: { [property]: { enum: [...branches.keys()] } },
      },
      ...[...tagsByBranch].map(([branch, tags]) => ({
        if: { type: "object", properties: { [property]: { enum: tags } } },
        // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema, not a thenable.
        then: this.#rewrite(branch),
      })),
    ];
  }
}

/** What OpenAPI 3.0's dialect says otherwise than JSON Schema 2020-12. */
function rewriteVersion30(rewritten: JsonSchema, schema: JsonObject): void {
  if (schema.nullable === true && typeof schema.type === "string") rewritten.type = [schema.type, "null"];
  for (const [limit, exclusive] of [
    ["minimum", "exclusiveMinimum"],
    ["maximum", "exclusiveMaximum"],
  ] as const) {
    if (typeof schema[exclusive] !== "boolean") continue;
    delete rewritten[exclusive];
    if (!schema[exclusive]) continue;
    rewritten[exclusive] = rewritten[limit];
    delete rewritten[limit];
  }
}
