import type { Parameter, ParameterPlace } from "../document/operation.ts";
import { valueAt } from "../document/reference.ts";
import { SchemaValidator } from "../document/validator.ts";
import { isJsonObject, type JsonObject, objectAt } from "../json.ts";
import type { Violation } from "../violation.ts";

/** What was sent under a name: several values where it was repeated. */
export type RawValues = Readonly<Record<string, string | string[] | undefined>>;

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
    readonly shape: JsonObject;
  }[];
  readonly #validator: SchemaValidator;

  constructor(place: ParameterPlace, parameters: readonly Parameter[]) {
    this.#place = place;
    // Prism compares names without regard to case, in the query too.
    this.#parameters = parameters.map((parameter) => ({
      name: parameter.name.toLowerCase(),
      parameter,
      shape: shapeOf(parameter.schema?.json),
    }));
    this.#validator = new SchemaValidator(wrap(this.#parameters), true);
  }

  /** @param read what was sent, by name in lower case; not called where nothing is documented */
  violations(read: () => RawValues): readonly Violation[] {
    if (this.#parameters.length === 0) return NO_VIOLATIONS;
    const values = read();
    const found: JsonObject = {};
    for (const { name, parameter, shape } of this.#parameters) {
      const style = parameter.style ?? DEFAULT_STYLE[this.#place];
      const explode = parameter.explode ?? style === "form";
      const value = deserialize(name, values, { style, explode, shape });
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

/** The schema whose `type` and `properties` say how a value was serialized. */
export function shapeOf(schema: unknown): JsonObject {
  let shape = schema;
  for (let hops = 0; hops < 8 && isJsonObject(shape) && typeof shape.$ref === "string"; hops++) {
    shape = valueAt(schema, shape.$ref);
  }
  return isJsonObject(shape) ? shape : {};
}

/** How a value was written into text (OpenAPI 3.1, section 4.8.12.2: style and explode). */
export interface Serialization {
  readonly style: string;
  readonly explode: boolean;
  readonly shape: JsonObject;
}

/** Reads one parameter back from the text it was written as. Undefined: it was not sent. */
export function deserialize(
  name: string,
  values: RawValues,
  { style, explode, shape }: Serialization,
): unknown {
  const type = Array.isArray(shape.type) ? shape.type.find((one) => one !== "null") : shape.type;
  if (style === "deepObject") return deepObject(name, values);
  if (type === "object" && style === "form" && explode) return pickProperties(values, shape);
  const raw = values[name];
  if (raw === undefined) return undefined;
  const last = Array.isArray(raw) ? (raw.at(-1) ?? "") : raw;
  if (type === "array") {
    if (explode && style !== "simple" && style !== "label" && style !== "matrix")
      return Array.isArray(raw) ? raw : [raw];
    return splitList(name, last, style, explode);
  }
  if (type === "object") return readObject(name, last, style, explode);
  if (style === "label") return last.replace(/^\./, "");
  return style === "matrix" ? last.replace(new RegExp(`^;${name}=?`, "i"), "") : raw;
}

const SEPARATORS: Readonly<Record<string, string>> = { spaceDelimited: " ", pipeDelimited: "|" };

function splitList(name: string, text: string, style: string, explode: boolean): string[] {
  if (text === "") return [];
  if (style === "label") return text.replace(/^\./, "").split(explode ? "." : ",");
  if (style === "matrix") {
    if (!explode) return text.replace(/^;[^=]*=/, "").split(",");
    return text
      .split(";")
      .slice(1)
      .map((part) => part.slice(name.length + 1));
  }
  return text.split(SEPARATORS[style] ?? ",");
}

function readObject(_name: string, text: string, style: string, explode: boolean): JsonObject {
  const bare =
    style === "label" ? text.replace(/^\./, "") : style === "matrix" ? text.replace(/^;/, "") : text;
  const separator =
    { label: explode ? "." : ",", matrix: explode ? ";" : "," }[style] ?? SEPARATORS[style] ?? ",";
  const value = style === "matrix" && !explode ? bare.replace(/^[^=]*=/, "") : bare;
  const parts = value.split(separator);
  if (explode) return Object.fromEntries(parts.map((part) => splitPair(part)));
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < parts.length; index += 2)
    pairs.push([parts[index] ?? "", parts[index + 1] ?? ""]);
  return Object.fromEntries(pairs);
}

function splitPair(part: string): [string, string] {
  const at = part.indexOf("=");
  return at < 0 ? [part, ""] : [part.slice(0, at), part.slice(at + 1)];
}

function pickProperties(values: RawValues, shape: JsonObject): JsonObject | undefined {
  const names = new Map(Object.keys(objectAt(shape, "properties")).map((name) => [name.toLowerCase(), name]));
  const picked = Object.entries(values).filter(([name]) => names.has(name));
  if (picked.length === 0) return undefined;
  return Object.fromEntries(picked.map(([name, value]) => [names.get(name) ?? name, value]));
}

/** `filter[age]=3&filter[tags][0]=a` as an object. */
function deepObject(name: string, values: RawValues): unknown {
  let result: JsonObject | undefined;
  for (const [key, value] of Object.entries(values)) {
    if (!key.startsWith(`${name}[`) || !key.endsWith("]")) continue;
    result ??= Object.create(null) as JsonObject;
    insert(result, key.slice(name.length + 1, -1).split("]["), value);
  }
  return result === undefined ? undefined : arraysFromIndexes(result);
}

function insert(target: JsonObject, [token = "", ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    target[token] = value;
    return;
  }
  target[token] = isJsonObject(target[token]) ? target[token] : Object.create(null);
  insert(target[token] as JsonObject, rest, value);
}

function arraysFromIndexes(value: unknown): unknown {
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).map(([name, child]) => [name, arraysFromIndexes(child)] as const);
  if (entries.length > 0 && entries.every(([name]) => /^\d*$/.test(name)))
    return entries.map(([, child]) => child);
  return Object.fromEntries(entries);
}
