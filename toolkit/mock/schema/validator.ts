import type { SchemaValidateFunction } from "ajv";
import { Ajv2020, type ErrorObject, type Options, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { withNumbers } from "../../openapi/exact-integers.ts";
import { isObject } from "../../openapi/json.ts";
import { multipleOf } from "../../openapi/multiple-of.ts";
import { pointerTokens } from "../../openapi/reference.ts";
import type { ContractSchema } from "../../openapi/schema.ts";
import type { JsonSchema } from "../../openapi/schema-dialect.ts";
import { boundedRegExp } from "../../openapi/schema-keywords.ts";
import { sharedSchema } from "../../openapi/shared-schema.ts";
import type { Violation } from "../violation.ts";
import { RecentlyUsed } from "./recently-used.ts";

const options: Options = {
  allErrors: true,
  strict: false,
  validateSchema: false,
  addUsedSchema: false,
  logger: false,
  // A definition that is copied to wherever it is referred to is compiled as often.
  inlineRefs: false,
  // Compiling is what a first request waits for: passes over the code cost more than they save.
  code: { regExp: boundedRegExp, optimize: false },
};

function createAjv(coerceTypes: boolean): Ajv2020 {
  const ajv = new Ajv2020({ ...options, coerceTypes });
  addFormats.default(ajv);
  ajv.removeKeyword(multipleOf.keyword as string).addKeyword(multipleOf);
  ajv.addKeyword({ keyword: step, schema: false, validate: countStep });
  ajv.addKeyword({ keyword: entry, schemaType: "string", validate: enterOnce, errors: false });
  ajv.removeKeyword("readOnly");
  ajv.addKeyword({ keyword: "readOnly", schemaType: "boolean", validate: markReadOnly });
  return ajv;
}

/** Counts how often a validation enters a definition: alternatives that recurse cost exponentially much otherwise. */
const step = "x-validation-step";
const mostSteps = 50_000;
let steps = 0;

function countStep(): boolean {
  steps += 1;
  if (steps > mostSteps) throw new RangeError("The schema is too complex for this value.");
  return true;
}

/** Places at which each definition was entered, where a validation is stopped from going in circles. */
const entry = "x-validation-entry";
const mostEntries = 2;
/** Of a larger schema it would cost seconds to compile it once more. */
const mostDefinitions = 500;
let entries = new Map<string, number>();

const enterOnce: SchemaValidateFunction = (name: string, _data, _parent, context) => {
  const key = `${name} ${context?.instancePath}`;
  const count = (entries.get(key) ?? 0) + 1;
  entries.set(key, count);
  return countStep() && count <= mostEntries;
};

/** A schema that accepts a value where it would hold the same value against the same definition again. */
function acyclic(schema: JsonSchema): JsonSchema {
  if (!isObject(schema) || !isObject(schema.$defs)) return schema;
  const definitions = Object.entries(schema.$defs).map(([name, definition]) => [
    name,
    // Without `else`, what may not be entered again is accepted.
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    { if: { [entry]: name }, then: definition as JsonSchema },
  ]);
  return { ...schema, $defs: Object.fromEntries(definitions) };
}

/** What says nothing of its own where circles are cut: an alternative may have been accepted for want of a look. */
const combined = new Set(["if", "oneOf", "anyOf", "not", "contains"]);

function counted(schema: JsonSchema): JsonSchema {
  if (!isObject(schema) || !isObject(schema.$defs)) return schema;
  const definitions = Object.entries(schema.$defs).map(([name, definition]) => [
    name,
    isObject(definition) ? { [step]: true, ...definition } : definition,
  ]);
  return { ...schema, $defs: Object.fromEntries(definitions) };
}

/** Where the value that was looked at last has what is `readOnly`: no error, a request only should not send it. */
let readOnly = new Set<string>();

const markReadOnly: SchemaValidateFunction = (flag: boolean, _data, _parent, context) => {
  if (flag && context !== undefined) readOnly.add(context.instancePath);
  return true;
};

/** A compiler keeps whatever it has compiled, so it is replaced after so many schemas. */
const mostCompiled = 50;
const compilers: Record<"exact" | "coercing", { ajv?: Ajv2020; compiled: number }> = {
  exact: { compiled: 0 },
  coercing: { compiled: 0 },
};

function compilerFor(coerce: boolean): Ajv2020 {
  const compiler = compilers[coerce ? "coercing" : "exact"];
  if (compiler.compiled++ % mostCompiled === 0 || !compiler.ajv) compiler.ajv = createAjv(coerce);
  return compiler.ajv;
}

/** Holds values against one schema. Compiled at its first use, so that a large document starts fast. */
export class SchemaValidator {
  readonly #schema: JsonSchema;
  readonly #coerce: boolean;
  #compiled: ValidateFunction | "unusable" | undefined;
  #acyclic: ValidateFunction | "unusable" | undefined;

  /** @param coerce reads `"5"` as 5 where a number is wanted: for what travels as text */
  constructor(schema: JsonSchema, coerce = false) {
    this.#schema = schema;
    this.#coerce = coerce;
  }

  /** What is wrong with a value. A schema that cannot be compiled accepts everything. */
  errors(value: unknown): readonly ErrorObject[] {
    this.#compiled ??= this.#compile(counted);
    if (this.#compiled === "unusable") return [];
    try {
      steps = 0;
      readOnly = new Set();
      return this.#compiled(withNumbers(value)) ? [] : (this.#compiled.errors ?? []);
    } catch {
      // A schema that leads back to itself, or a value that nests deeper than the call stack or takes too many steps.
      return this.#certainErrors(value);
    }
  }

  /** What is wrong with a value even where circles of the schema are not followed. */
  #certainErrors(value: unknown): readonly ErrorObject[] {
    if (isObject(this.#schema) && Object.keys(this.#schema.$defs ?? {}).length > mostDefinitions) return [];
    this.#acyclic ??= this.#compile(acyclic);
    if (this.#acyclic === "unusable") return [];
    try {
      steps = 0;
      entries = new Map();
      if (this.#acyclic(withNumbers(value))) return [];
      return (this.#acyclic.errors ?? []).filter(({ keyword }) => !combined.has(keyword));
    } catch {
      return [];
    }
  }

  accepts(value: unknown): boolean {
    return this.errors(value).length === 0;
  }

  /** The errors in Prism's words. `place` is `body`, `query`, `header`, `path` or `cookie`. */
  violations(value: unknown, side: "Request" | "Response", place: string): Violation[] {
    const errors = this.errors(value).map((error) => describe(error, side, place));
    // OpenAPI 3.1.1 §4.8.24: SHOULD NOT be sent.
    return side === "Response"
      ? errors
      : [...errors, ...[...readOnly].map((path) => sentReadOnly(path, place))];
  }

  #compile(bound: (schema: JsonSchema) => JsonSchema): ValidateFunction | "unusable" {
    try {
      return compilerFor(this.#coerce).compile(bound(withNumbers(this.#schema)));
    } catch {
      return "unusable";
    }
  }
}

const validators = new RecentlyUsed<ContractSchema, SchemaValidator>(
  200,
  (schema) => new SchemaValidator(schema.json),
);

/** The validator of a schema of a document. */
export function validatorOf(schema: ContractSchema): SchemaValidator {
  return validators.get(sharedSchema(schema));
}

function describe(error: ErrorObject, side: string, place: string): Violation {
  const path = pointerTokens(error.instancePath).filter((token) => token !== "");
  const params = error.params as Record<string, unknown>;
  const subject = path.length > 0 ? `${place === "body" ? "property" : "parameter"} ${path.join(".")} ` : "";
  const allowed = Array.isArray(params.allowedValues) ? `: ${params.allowedValues.join(", ")}` : "";
  const additional = "additionalProperty" in params ? `; found '${params.additionalProperty}'` : "";
  const unevaluated = "unevaluatedProperty" in params ? `: '${params.unevaluatedProperty}'` : "";
  return {
    location: [place, ...path],
    severity: "Error",
    code: error.keyword,
    message: `${side} ${place} ${subject}${error.message ?? ""}${allowed}${additional}${unevaluated}`,
  };
}

function sentReadOnly(instancePath: string, place: string): Violation {
  const path = pointerTokens(instancePath);
  return {
    location: [place, ...path],
    severity: "Warning",
    code: "readOnly",
    message: `Request ${place} property ${path.join(".")} is read-only`,
  };
}
