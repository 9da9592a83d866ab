import type { FastifyRequest } from "fastify";
import type { Coercion, Coercions } from "../openapi/coercion.ts";
import type { Parameter, ParameterPlace } from "../openapi/operation.ts";
import type { OpenApiDocument } from "../openapi/reference.ts";
import { dereference, isObject } from "../openapi/reference.ts";
import { InvalidRequestError } from "./errors.ts";
import { deepObjectMember, queryStyle, textStyle } from "./parameter-style.ts";
import { decode, type EncodedQuery, parseQuery } from "./query-string.ts";
import type { Schemas } from "./schemas.ts";
import { longestName, violation, violationOf } from "./violation.ts";

/** Reads the parameters of one place (`in`), typed and held against the contract, or throws an InvalidRequestError. */
export type ParameterReader = (request: FastifyRequest) => Readonly<Record<string, unknown>>;

export interface ParameterCompilation {
  readonly document: OpenApiDocument;
  readonly schemas: Schemas;
  readonly coercions: Coercions;
}

type Values = Record<string, unknown>;

interface Reading<Source> {
  readonly name: string;
  readonly read: (source: Source) => unknown;
  readonly coerce: Coercion;
  readonly default: unknown;
}

const nothing: Values = Object.freeze({});
const readNothing: ParameterReader = () => nothing;

/** @param names the names under which the router hands out the path's parameters */
export function pathReader(
  parameters: readonly Parameter[],
  names: ReadonlyMap<string, string>,
  compilation: ParameterCompilation,
): ParameterReader {
  if (parameters.length === 0) return readNothing;
  const readings = parameters.map((parameter) => {
    const style = textStyle(parameter, compilation.coercions);
    const routed = names.get(parameter.name) ?? parameter.name;
    return reading(parameter, compilation, (source: Values) => style(String(source[routed])));
  });
  const check = checkOf("path", parameters, compilation);
  return (request) => check(collect(readings, request.params as Values));
}

/** Unknown query parameters are refused by name. */
export function queryReader(
  parameters: readonly Parameter[],
  compilation: ParameterCompilation,
): ParameterReader {
  const isDeep = ({ style }: Parameter) => style === "deepObject";
  const known = new Set(parameters.filter((parameter) => !isDeep(parameter)).map(({ name }) => name));
  const deepObjects = parameters.filter(isDeep).map(({ name }) => name);
  const isKnown = (name: string) =>
    known.has(name) || deepObjects.some((parameter) => deepObjectMember(parameter, name) !== undefined);
  const readings = parameters.map((parameter) =>
    reading(parameter, compilation, queryStyle(parameter, compilation.coercions)),
  );
  const check = parameters.length === 0 ? () => nothing : checkOf("query", parameters, compilation);
  return (request) => {
    const query: EncodedQuery = parseQuery(request.raw.url ?? "");
    for (const name of query.keys()) if (!isKnown(name)) throw unknownParameter(name);
    return check(collect(readings, query));
  };
}

/** Only declared headers are looked at: clients and proxies send many more. */
export function headerReader(
  parameters: readonly Parameter[],
  compilation: ParameterCompilation,
): ParameterReader {
  if (parameters.length === 0) return readNothing;
  const lowerCased = parameters.map((parameter) => ({ ...parameter, name: parameter.name.toLowerCase() }));
  const readings = lowerCased.map((parameter) => {
    const style = textStyle(parameter, compilation.coercions);
    return reading(parameter, compilation, (headers: FastifyRequest["headers"]) => {
      const value = headers[parameter.name];
      return value === undefined ? undefined : style(Array.isArray(value) ? value.join(", ") : value);
    });
  });
  const check = checkOf("header", lowerCased, compilation);
  return (request) => check(collect(readings, request.headers));
}

export function cookieReader(
  parameters: readonly Parameter[],
  compilation: ParameterCompilation,
): ParameterReader {
  if (parameters.length === 0) return readNothing;
  const readings = parameters.map((parameter) => {
    const style = textStyle(parameter, compilation.coercions);
    return reading(parameter, compilation, (cookies: ReadonlyMap<string, string>) => {
      const text = cookies.get(parameter.name);
      return text === undefined ? undefined : style(decode(text, "cookie", parameter.name));
    });
  });
  const check = checkOf("cookie", parameters, compilation);
  return (request) => check(collect(readings, parseCookies(request.headers.cookie ?? "")));
}

function reading<Source>(
  { name, schema }: Parameter,
  { document, coercions }: ParameterCompilation,
  read: (source: Source) => unknown,
): Reading<Source> {
  const own = isObject(schema.value) ? schema.value : {};
  const fallback =
    own.default ?? (isObject(schema.value) ? dereference(document, schema).value.default : undefined);
  return { name, read, coerce: coercions.to(schema), default: fallback };
}

function collect<Source>(readings: readonly Reading<Source>[], source: Source): Values {
  const values: Values = {};
  for (const { name, read, coerce, default: fallback } of readings) {
    const value = read(source);
    if (value !== undefined) values[name] = coerce(value);
    else if (fallback !== undefined)
      values[name] = typeof fallback === "object" ? structuredClone(fallback) : fallback;
  }
  return values;
}

function checkOf(
  part: ParameterPlace,
  parameters: readonly Parameter[],
  { schemas }: ParameterCompilation,
): (values: Values) => Values {
  const validate = schemas.compileParameters(parameters);
  return (values) => {
    if (validate(values)) return values;
    throw new InvalidRequestError(part, violationOf(validate, part, schemas));
  };
}

function unknownParameter(name: string): InvalidRequestError {
  const shown = name.slice(0, longestName);
  const params = { additionalProperty: shown };
  const message = `Unknown query parameter: ${shown}`;
  return new InvalidRequestError(
    "query",
    violation("query", [shown], "additionalProperties", message, params),
  );
}

/** RFC 6265 §4.2.1. */
function parseCookies(header: string): Map<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of header.split(";")) {
    const equals = pair.indexOf("=");
    if (equals === -1) continue;
    const name = pair.slice(0, equals).trim();
    const value = pair.slice(equals + 1).trim();
    if (!cookies.has(name)) cookies.set(name, value.replace(/^"(.*)"$/, "$1"));
  }
  return cookies;
}
