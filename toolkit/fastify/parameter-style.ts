import type { Coercions } from "../openapi/coercion.ts";
import { ContractSetupError } from "../openapi/errors.ts";
import { isJson } from "../openapi/media-type.ts";
import type { Parameter } from "../openapi/operation.ts";
import { InvalidRequestError } from "./errors.ts";
import { decode, type EncodedQuery } from "./query-string.ts";
import { violation } from "./violation.ts";

/** How a parameter's text is taken apart (OpenAPI 3.1.1 §4.8.12.3); `undefined`: the parameter was not sent. */
export type QueryStyle = (query: EncodedQuery) => unknown;
export type TextStyle = (text: string) => unknown;

const delimiters: Record<string, RegExp> = {
  form: /,/,
  spaceDelimited: /%20|\+/,
  pipeDelimited: /\||%7c/i,
};

/**
 * @throws ContractSetupError where the style is not one that can be read
 */
export function queryStyle(parameter: Parameter, coercions: Coercions): QueryStyle {
  const { name, style, explode, mediaType } = parameter;
  if (mediaType !== undefined) {
    const parse = jsonContent(parameter);
    return (query) => {
      const text = scalarOrRepeated(query.get(name), name);
      return typeof text === "string" ? parse(text) : text;
    };
  }
  const types = coercions.types(parameter.schema);
  if (types.has("object")) {
    if (style === "deepObject") return deepObject(name);
    throw unreadable(parameter, "an object in a query must have the style deepObject, or be a JSON content");
  }
  const delimiter = delimiters[style];
  if (delimiter === undefined) throw unreadable(parameter, `the style "${style}" is not for this`);
  if (!types.has("array")) return (query) => scalarOrRepeated(query.get(name), name);
  if (explode) return (query) => query.get(name)?.map((text) => decode(text, "query", name));
  return (query) => query.get(name)?.flatMap((text) => split(text, delimiter, name));
}

/** The style of a path, header or cookie parameter, whose text is decoded by then. */
export function textStyle(parameter: Parameter, coercions: Coercions): TextStyle {
  if (parameter.mediaType !== undefined) return jsonContent(parameter);
  const types = coercions.types(parameter.schema);
  const expected = parameter.in === "cookie" ? "form" : "simple";
  if (parameter.style !== expected || types.has("object")) {
    throw unreadable(
      parameter,
      `a ${parameter.in} parameter must be a value or a list of the style ${expected}`,
    );
  }
  if (!types.has("array")) return (text) => text;
  return (text) => (text === "" ? [] : text.split(",").map((item) => item.trim()));
}

function scalarOrRepeated(values: readonly string[] | undefined, name: string): unknown {
  if (values === undefined) return undefined;
  // A repeated parameter is not one value: the list fails its schema.
  return values.length === 1
    ? decode(values[0] ?? "", "query", name)
    : values.map((text) => decode(text, "query", name));
}

function split(text: string, delimiter: RegExp, name: string): string[] {
  return text === "" ? [] : text.split(delimiter).map((item) => decode(item, "query", name));
}

function deepObject(name: string): QueryStyle {
  return (query) => {
    const members: [string, unknown][] = [];
    for (const [key, values] of query) {
      const member = deepObjectMember(name, key);
      if (member !== undefined) members.push([member, scalarOrRepeated(values, key)]);
    }
    return members.length === 0 ? undefined : Object.fromEntries(members);
  };
}

/** `filter[color]` → `color`, for the parameter `filter`. */
export function deepObjectMember(name: string, key: string): string | undefined {
  return key.startsWith(`${name}[`) && key.endsWith("]") ? key.slice(name.length + 1, -1) : undefined;
}

function jsonContent(parameter: Parameter): TextStyle {
  const { name, in: place, mediaType } = parameter;
  if (mediaType === undefined || !isJson(mediaType)) throw unreadable(parameter, "its content must be JSON");
  return (text) => {
    try {
      return JSON.parse(text);
    } catch {
      const message = `The ${place} parameter '${name}' is not well-formed JSON`;
      throw new InvalidRequestError(place, violation(place, [name], "contentMediaType", message));
    }
  };
}

function unreadable({ pointer }: Parameter, reason: string): ContractSetupError {
  return new ContractSetupError(`${pointer} cannot be read from a request: ${reason}.`);
}
