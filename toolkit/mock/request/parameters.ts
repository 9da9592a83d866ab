import { isJsonObject, type JsonObject, objectAt } from "../../openapi/json.ts";
import type { Parameter, ParameterPlace } from "../document/operation.ts";
import { SchemaValidator } from "../schema/validator.ts";
import type { Violation } from "../violation.ts";
import { deserialize, type RawValues, type Serialization, shapeOf } from "./parameter-style.ts";

const NO_VIOLATIONS: readonly Violation[] = [];

const DEFAULT_STYLE: Readonly<Record<ParameterPlace, string>> = {
  path: "simple",
  query: "form",
  header: "simple",
  cookie: "form",
};

/** Holds the parameters of one place of an operation against their schemas. */
export class ParameterValidator {
  readonly #place: ParameterPlace;
  readonly #parameters: readonly {
    readonly name: string;
    readonly parameter: Parameter;
    readonly serialization: Serialization;
  }[];
  readonly #validator: SchemaValidator;

  constructor(place: ParameterPlace, parameters: readonly Parameter[]) {
    this.#place = place;
    // Prism compares names without regard to case, in the query too.
    this.#parameters = parameters.map((parameter) => {
      const style = parameter.style ?? DEFAULT_STYLE[place];
      const explode = parameter.explode ?? style === "form";
      const serialization = { style, explode, shape: shapeOf(parameter.schema?.json) };
      return { name: parameter.name.toLowerCase(), parameter, serialization };
    });
    this.#validator = new SchemaValidator(wrap(this.#parameters), true);
  }

  /** @param read what was sent, by name in lower case; not called where nothing is documented */
  violations(read: () => RawValues): readonly Violation[] {
    if (this.#parameters.length === 0) return NO_VIOLATIONS;
    const values = read();
    const found: JsonObject = {};
    for (const { name, serialization } of this.#parameters) {
      const value = deserialize(name, values, serialization);
      if (value !== undefined) found[name] = value;
    }
    return [...this.#validator.violations(found, "Request", this.#place), ...this.#deprecations(values)];
  }

  #deprecations(values: RawValues): Violation[] {
    const title = this.#place[0]?.toUpperCase() + this.#place.slice(1);
    return this.#parameters
      .filter(({ name, parameter }) => parameter.deprecated && values[name])
      .map(({ parameter }) => ({
        location: [this.#place, parameter.name],
        severity: "Warning",
        code: "deprecated",
        message: `${title} param ${parameter.name} is deprecated`,
      }));
  }
}

/** One schema for all parameters of a place, so that one pass finds everything that is wrong. */
function wrap(parameters: readonly { readonly name: string; readonly parameter: Parameter }[]): JsonObject {
  const definitions: JsonObject = {};
  const properties: JsonObject = {};
  for (const [index, { name, parameter }] of parameters.entries()) {
    const json = parameter.schema?.json ?? true;
    properties[name] = isJsonObject(json) ? scope(json, `p${index}`, definitions) : json;
  }
  const required = parameters.filter(({ parameter }) => parameter.required).map(({ name }) => name);
  return { type: "object", properties, required, $defs: definitions };
}

/** Moves a schema's own definitions into a shared `$defs` under a prefix. */
function scope(schema: JsonObject, prefix: string, definitions: JsonObject): JsonObject {
  if (schema.$defs === undefined) return schema;
  const renamed = JSON.parse(
    JSON.stringify(schema).replaceAll('"$ref":"#/$defs/', `"$ref":"#/$defs/${prefix}`),
  );
  for (const [name, definition] of Object.entries(objectAt(renamed, "$defs")))
    definitions[prefix + name] = definition;
  const { $defs: _moved, ...rest } = renamed;
  return rest;
}
