import { Ajv2020, type ErrorObject, type Options, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { ContractSchema, JsonSchema } from "../../openapi/index.ts";
import { multipleOf } from "../../openapi/multiple-of.ts";
import { sharedSchema } from "../../openapi/shared-schema.ts";

const options: Options = {
  allErrors: true,
  // A format that nobody here knows says nothing: whoever guesses at it cries wolf.
  strict: false,
  logger: false,
  validateSchema: false,
  addUsedSchema: false,
  // Most schemas judge a few values only: to compile them is what a run waits for.
  inlineRefs: false,
  code: { regExp: tolerant, optimize: false },
};

/** What a text of a format that is a document's own must be. */
export type Formats = Readonly<Record<string, RegExp | ((text: string) => boolean)>>;

let compiler: Ajv2020 | undefined;
let ownFormats: Formats = {};

/** From now on validators know these formats, beside those that everybody knows. */
export function useFormats(formats: Formats): void {
  ownFormats = formats;
  compiler = undefined;
}

/** A pattern that is no regular expression with the flag `u`, as many are written, is one without it. */
function tolerant(pattern: string, flags: string): RegExp {
  try {
    return new RegExp(pattern, flags);
  } catch {
    return new RegExp(pattern, flags.replace("u", ""));
  }
}
tolerant.code = "new RegExp";

/** Holds values against a JSON Schema; one that cannot be compiled accepts everything. */
export class Validator {
  readonly #schema: JsonSchema;
  #compiled: ValidateFunction | undefined;

  constructor(schema: JsonSchema) {
    this.#schema = schema;
  }

  errors(value: unknown): readonly ErrorObject[] {
    this.#compiled ??= compile(this.#schema);
    try {
      return this.#compiled(value) ? [] : (this.#compiled.errors ?? []);
    } catch {
      // A recursive schema on a value that nests deeper than the call stack.
      return [];
    }
  }

  accepts(value: unknown): boolean {
    return this.errors(value).length === 0;
  }
}

/** A format that is a document's own says more than anybody can know who has only the document. */
export function knowsFormat(format: string): boolean {
  return format in ajv().formats;
}

function ajv(): Ajv2020 {
  if (compiler === undefined) {
    compiler = new Ajv2020(options);
    addFormats.default(compiler);
    compiler.removeKeyword(multipleOf.keyword as string).addKeyword(multipleOf);
    for (const [name, format] of Object.entries(ownFormats)) compiler.addFormat(name, format);
  }
  return compiler;
}

function compile(schema: JsonSchema): ValidateFunction {
  try {
    return ajv().compile(schema);
  } catch {
    return ajv().compile(true);
  }
}

const validators = new WeakMap<ContractSchema, Validator>();

/** The validator of a schema of a document, made once. */
export function validatorOf(schema: ContractSchema): Validator {
  const one = sharedSchema(schema);
  const known = validators.get(one) ?? new Validator(one.json);
  validators.set(one, known);
  return known;
}
