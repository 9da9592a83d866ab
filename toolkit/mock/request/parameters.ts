import { Coercions } from "../../openapi/coercion.ts";
import type { ContractDocument } from "../../openapi/document.ts";
import { parseExactJson, stringifyExact } from "../../openapi/exact-integers.ts";
import { isObject, type JsonObject, objectAt } from "../../openapi/json.ts";
import type { Parameter, ParameterPlace } from "../../openapi/operation.ts";
import { type ParameterReading, parameterReadings } from "../../openapi/read-value.ts";
import { ContractSchema } from "../../openapi/schema.ts";
import { type Encoded, MalformedText } from "../../openapi/style.ts";
import { SchemaValidator, validatorOf } from "../schema/validator.ts";
import type { Violation } from "../violation.ts";

const noViolations: readonly Violation[] = [];

const coercions = new WeakMap<ContractDocument, Coercions>();

/** The coercions of a document's requests. */
export function coercionsOf(document: ContractDocument): Coercions {
  let known = coercions.get(document);
  if (!known) {
    known = new Coercions(
      document,
      (schema, value) => validatorOf(new ContractSchema(document, schema, "request")).accepts(value),
      true,
    );
    coercions.set(document, known);
  }
  return known;
}

/** Holds the parameters of one place of an operation against their schemas. */
export class ParameterValidator {
  readonly #place: ParameterPlace;
  readonly #readings: readonly ParameterReading[];
  readonly #validator: SchemaValidator;
  readonly #keys: ReadonlyMap<string, string>;

  constructor(document: ContractDocument, place: ParameterPlace, parameters: readonly Parameter[]) {
    this.#place = place;
    const named =
      place === "header"
        ? parameters.map((each) => ({ ...each, name: each.name.toLowerCase() }))
        : parameters;
    this.#readings = parameterReadings(named, place, coercionsOf(document));
    this.#keys = keysOf(parameters);
    this.#validator = new SchemaValidator(wrap(parameters, this.#keys));
  }

  /** @param read what was sent; not called where nothing is documented */
  violations(read: () => Encoded): readonly Violation[] {
    if (this.#readings.length === 0) return noViolations;
    const found: JsonObject = {};
    const malformed: Violation[] = [];
    let sent: Encoded = new Map();
    try {
      sent = this.#place === "query" ? this.#asDocumented(read()) : read();
    } catch (error) {
      malformed.push(this.#malformed(error));
    }
    for (const { parameter, read: readValue } of this.#readings) {
      try {
        const value = readValue(sent);
        if (value !== undefined) found[this.#keys.get(parameter.name) ?? parameter.name] = value;
      } catch (error) {
        malformed.push(this.#malformed(error, parameter.name));
      }
    }
    const broken =
      malformed.length > 0 ? malformed : this.#validator.violations(found, "Request", this.#place);
    return [...broken, ...this.#deprecations(sent)];
  }

  #malformed(error: unknown, name?: string): Violation {
    if (!(error instanceof MalformedText)) throw error;
    const subject =
      name === undefined ? `Request ${this.#place}` : `Request ${this.#place} parameter ${name}`;
    return {
      location: [this.#place, ...(name === undefined ? [] : [name])],
      severity: "Error",
      code: error.keyword,
      message: `${subject} ${error.message}`,
    };
  }

  /** Prism compares names without regard to case. */
  #asDocumented(sent: Encoded): Encoded {
    if ([...sent.keys()].every((name) => this.#readings.some(({ claims }) => claims(name)))) return sent;
    const names = new Map(this.#readings.map(({ parameter: { name } }) => [name.toLowerCase(), name]));
    return new Map(
      [...sent].map(([name, values]) => {
        if (this.#readings.some(({ claims }) => claims(name))) return [name, values];
        const base = name.split("[", 1)[0] ?? name;
        return [(names.get(base.toLowerCase()) ?? base) + name.slice(base.length), values];
      }),
    );
  }

  #deprecations(sent: Encoded): Violation[] {
    const title = this.#place[0]?.toUpperCase() + this.#place.slice(1);
    return this.#readings
      .filter(({ parameter, claims }) => parameter.deprecated && [...sent.keys()].some(claims))
      .map(({ parameter }) => ({
        location: [this.#place, parameter.name],
        severity: "Warning",
        code: "deprecated",
        message: `${title} param ${parameter.name} is deprecated`,
      }));
  }
}

/** What violations call each parameter: as Prism does in lower case, unless another one is called so, too. */
function keysOf(parameters: readonly Parameter[]): ReadonlyMap<string, string> {
  const byKey = Map.groupBy(parameters, ({ name }) => name.toLowerCase());
  return new Map(
    [...byKey].flatMap(([key, own]) => own.map(({ name }) => [name, own.length === 1 ? key : name])),
  );
}

/** One schema for all parameters of a place, so that one pass finds everything that is wrong. */
function wrap(parameters: readonly Parameter[], keys: ReadonlyMap<string, string>): JsonObject {
  const definitions: JsonObject = {};
  const properties: JsonObject = {};
  for (const [index, { name, schema, allowEmptyValue }] of parameters.entries()) {
    const json = schema?.json ?? true;
    const scoped = isObject(json) ? scope(json, `p${index}`, definitions) : json;
    properties[keys.get(name) ?? name] = allowEmptyValue ? { anyOf: [scoped, { const: "" }] } : scoped;
  }
  const required = parameters.filter((each) => each.required).map(({ name }) => keys.get(name));
  return { type: "object", properties, required, $defs: definitions };
}

/** Moves a schema's own definitions into a shared `$defs` under a prefix. */
function scope(schema: JsonObject, prefix: string, definitions: JsonObject): JsonObject {
  if (schema.$defs === undefined) return schema;
  const renamed = parseExactJson(
    stringifyExact(schema).replaceAll('"$ref":"#/$defs/', `"$ref":"#/$defs/${prefix}`),
  ) as JsonObject;
  for (const [name, definition] of Object.entries(objectAt(renamed, "$defs")))
    definitions[prefix + name] = definition;
  const { $defs: _moved, ...rest } = renamed;
  return rest;
}
