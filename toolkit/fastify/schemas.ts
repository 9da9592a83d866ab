import type { ErrorObject, Format } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import formatsPlugin from "ajv-formats";
import { type Direction, forbiddenKeyword } from "../openapi/direction.ts";
import type { ContractDocument } from "../openapi/document.ts";
import { multipleOf } from "../openapi/multiple-of.ts";
import type { Parameter } from "../openapi/operation.ts";
import type { Located } from "../openapi/reference.ts";
import { type Context, contextKey, type JsonSchema, SchemaDialect } from "../openapi/schema-dialect.ts";
import { tolerantRegExp } from "../openapi/schema-keywords.ts";

/** Formats beyond those of ajv-formats, by name. */
export type Formats = Readonly<Record<string, Format>>;

/** Whether a value is as its schema says; after one that is not, `errors` tell why. */
export interface Validate {
  (value: unknown): boolean;
  errors?: ErrorObject[] | null | undefined;
  /** What it was compiled from. */
  schema?: unknown;
}

export interface SchemaOptions {
  /** `"ignore"`: what nothing checks is not told of. */
  readonly formats?: Formats | "ignore";
  /** Whether properties that do not belong in the direction are let through, unlooked at. */
  readonly allowsForbidden?: boolean;
}

/**
 * Compiles the Schema Objects of one document for one direction. One Ajv instance serves them all, and a schema that is
 * referred to from many places is compiled once.
 */
export class Schemas {
  readonly #document: ContractDocument;
  readonly #ajv: Ajv2020;
  readonly #dialect: SchemaDialect;
  readonly #identifiers = new Map<string, string>();
  readonly #compiled = new Map<unknown, Validate>();

  constructor(document: ContractDocument, direction: Direction, options: SchemaOptions = {}) {
    this.#document = document;
    this.#ajv = new Ajv2020({
      // The dialect checks every keyword, with a message that names its place in the document.
      strict: false,
      // JSON.parse reads 1e999 as Infinity, JSON.stringify writes NaN as null: neither is a number.
      strictNumbers: true,
      meta: false,
      validateSchema: false,
      addUsedSchema: false,
      // Compiled once and called, instead of copied to wherever it is referred to.
      inlineRefs: false,
      // The schema of a violation holds its description; its sentence is made when there is one.
      verbose: true,
      messages: false,
      // Halves the time to compile and is not felt when validating. Only a lenient reading has plain patterns.
      code: { optimize: false, ...(!document.isStrict && { regExp: tolerantRegExp }) },
      logger: false,
    });
    formatsPlugin.default(this.#ajv);
    this.#ajv.removeKeyword(multipleOf.keyword as string).addKeyword(multipleOf);
    const { formats = {} } = options;
    for (const [name, format] of Object.entries(formats === "ignore" ? {} : formats)) {
      this.#ajv.addFormat(name, format);
    }
    const forbidden = forbiddenKeyword(direction);
    this.#ajv.removeKeyword(forbidden);
    const passes = options.allowsForbidden === true;
    this.#ajv.addKeyword({ keyword: forbidden, schemaType: "boolean", validate: () => passes });
    this.#dialect = new SchemaDialect({
      document,
      direction,
      forbidden: "mark",
      discriminator: "choose",
      keepsAnnotations: false,
      knowsFormat: (format) => {
        if (formats === "ignore" && !Object.hasOwn(this.#ajv.formats, format))
          this.#ajv.addFormat(format, true);
        return Object.hasOwn(this.#ajv.formats, format);
      },
      identify: (referenced, context) => this.#identify(referenced, context),
    });
  }

  /** The validator of a schema of the document. What it says that cannot be checked is told to the document. */
  compile(schema: Located): Validate {
    const known = this.#compiled.get(schema.value);
    if (known !== undefined) return known;
    const compiled = this.#compile(this.#dialect.rewrite(schema), schema.pointer);
    this.#compiled.set(schema.value, compiled);
    return compiled;
  }

  /** The validator of the object that the values of several parameters make. */
  compileParameters(parameters: readonly Parameter[]): Validate {
    const schema: JsonSchema = {
      type: "object",
      properties: Object.fromEntries(
        parameters.map((parameter) => [parameter.name, this.#parameter(parameter)]),
      ),
      required: parameters.filter(({ required }) => required).map(({ name }) => name),
    };
    return this.#compile(schema, parameters.map(({ pointer }) => pointer).join(", "));
  }

  /** The schema that a `$ref` in a compiled schema refers to. */
  referenced(identifier: string): unknown {
    return this.#ajv.schemas[identifier]?.schema;
  }

  #parameter({ schema, description, allowEmptyValue }: Parameter): JsonSchema {
    const rewritten = schema === undefined ? true : this.#dialect.rewrite(schema);
    const checked = allowEmptyValue ? { anyOf: [rewritten, { const: "" }] } : rewritten;
    return description === undefined || typeof checked === "boolean" ? checked : { description, ...checked };
  }

  /**
   * In a strict reading the dialect has refused whatever Ajv would: there is time until the schema is first asked for. A
   * start would spend a fourth of its time on schemas that nobody needs yet.
   */
  #compile(schema: JsonSchema, pointer: string): Validate {
    return this.#document.isStrict
      ? whenFirstUsed(() => this.#validator(schema))
      : this.#compileNow(schema, pointer);
  }

  #compileNow(schema: JsonSchema, pointer: string): Validate {
    try {
      return this.#validator(schema);
    } catch (error) {
      this.#document.report(pointer, `${pointer} is not a valid schema: ${(error as Error).message}.`);
      return this.#ajv.compile({});
    }
  }

  #validator(schema: JsonSchema): Validate {
    const identifier = referenceOnly(schema);
    const known = identifier === undefined ? undefined : this.#ajv.getSchema(identifier);
    return known ?? this.#ajv.compile(schema);
  }

  #identify(referenced: Located, context: Context): string {
    const key = contextKey(referenced, context);
    const known = this.#identifiers.get(key);
    if (known !== undefined) return known;
    // A recursive schema refers to itself while it is being rewritten: its identifier comes first.
    const identifier = `/${this.#identifiers.size}`;
    this.#identifiers.set(key, identifier);
    const schema = this.#dialect.rewrite(referenced, context);
    this.#ajv.addSchema(typeof schema === "boolean" ? { allOf: [schema] } : schema, identifier);
    return identifier;
  }
}

function whenFirstUsed(compile: () => Validate): Validate {
  let compiled: Validate | undefined;
  const validate: Validate = (value) => {
    if (compiled === undefined) {
      compiled = compile();
      validate.schema = compiled.schema;
    }
    const isValid = compiled(value);
    validate.errors = compiled.errors;
    return isValid;
  };
  return validate;
}

/** What a schema that is nothing but a `$ref` refers to: it needs no validator of its own. */
function referenceOnly(schema: JsonSchema): string | undefined {
  if (typeof schema === "boolean" || Object.keys(schema).some((keyword) => keyword !== "$ref"))
    return undefined;
  return typeof schema.$ref === "string" ? schema.$ref : undefined;
}
