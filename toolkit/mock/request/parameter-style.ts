import { isJsonObject, type JsonObject, objectAt } from "../../openapi/json.ts";
import { valueAt } from "../document/reference.ts";

/** What was sent under a name: several values where it was repeated. */
export type RawValues = Readonly<Record<string, string | string[] | undefined>>;

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
  if (type === "object") return readObject(last, style, explode);
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

function readObject(text: string, style: string, explode: boolean): JsonObject {
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
