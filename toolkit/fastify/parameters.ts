import type { FastifyRequest } from "fastify";
import type { Coercions } from "../openapi/coercion.ts";
import { parseCookies } from "../openapi/cookies.ts";
import type { Operation, Parameter, ParameterPlace } from "../openapi/operation.ts";
import { lastSegments, parseTemplate } from "../openapi/path-template.ts";
import { parseQuery, pathOf, queryOf } from "../openapi/query-string.ts";
import { type ParameterReading, parameterReadings } from "../openapi/read-value.ts";
import { matchTemplate } from "../openapi/router.ts";
import { type Encoded, MalformedText } from "../openapi/style.ts";
import { InvalidRequestError } from "./errors.ts";
import type { Schemas } from "./schemas.ts";
import { longestName, violation, violationOf } from "./violation.ts";

/** Reads the parameters of one place (`in`), typed and held against the contract, or throws an InvalidRequestError. */
export type ParameterReader = (request: FastifyRequest) => Readonly<Record<string, unknown>>;

export interface ParameterCompilation {
  readonly schemas: Schemas;
  readonly coercions: Coercions;
}

type Values = Record<string, unknown>;

const nothing: Values = Object.freeze({});
const readNothing: ParameterReader = () => nothing;

/** Path parameters are read from the URL as it was sent: a style's delimiters are told from encoded ones. */
export function pathReader(operation: Operation, compilation: ParameterCompilation): ParameterReader {
  const [, ...template] = parseTemplate(operation.path);
  return reader(operation.parameters.path, "path", compilation, ({ raw }) => {
    // What stands before is the prefix under which the contract is served.
    const segments = lastSegments(pathOf(raw.url ?? ""), template.length);
    const sent = new Map<string, readonly string[]>();
    const found = matchTemplate(template, segments);
    // An empty segment is none.
    for (const name in found) if (found[name]) sent.set(name, [found[name]]);
    return sent;
  });
}

/** Unknown query parameters are refused by name. @param credentials those that security schemes look at */
export function queryReader(
  parameters: readonly Parameter[],
  credentials: ReadonlySet<string>,
  compilation: ParameterCompilation,
): ParameterReader {
  const readings = parameterReadings(parameters, "query", compilation.coercions);
  const isKnown = (name: string) => credentials.has(name) || readings.some(({ claims }) => claims(name));
  const check = parameters.length === 0 ? () => nothing : checkOf("query", parameters, compilation);
  return (request) => {
    const text = queryOf(request.raw.url ?? "");
    if (text === "" && parameters.length === 0) return nothing;
    const query = reading("query", undefined, () => parseQuery(text));
    for (const name of query.keys()) if (!isKnown(name)) throw unknownParameter(name);
    if (credentials.size === 0) return check(collect(readings, query, "query"));
    return check(collect(readings, new Map([...query].filter(([name]) => !credentials.has(name))), "query"));
  };
}

/** Only declared headers are looked at: clients and proxies send many more. */
export function headerReader(
  parameters: readonly Parameter[],
  compilation: ParameterCompilation,
): ParameterReader {
  const lowerCased = parameters.map((parameter) => ({ ...parameter, name: parameter.name.toLowerCase() }));
  return reader(lowerCased, "header", compilation, ({ headers }) => {
    const sent = new Map<string, string[]>();
    for (const { name } of lowerCased) {
      const value = headers[name];
      if (value !== undefined) sent.set(name, [Array.isArray(value) ? value.join(", ") : value]);
    }
    return sent;
  });
}

export function cookieReader(
  parameters: readonly Parameter[],
  compilation: ParameterCompilation,
): ParameterReader {
  return reader(parameters, "cookie", compilation, ({ headers }) => parseCookies(headers.cookie));
}

function reader(
  parameters: readonly Parameter[],
  place: ParameterPlace,
  compilation: ParameterCompilation,
  sentIn: (request: FastifyRequest) => Encoded,
): ParameterReader {
  if (parameters.length === 0) return readNothing;
  const readings = parameterReadings(parameters, place, compilation.coercions);
  const check = checkOf(place, parameters, compilation);
  return (request) => check(collect(readings, sentIn(request), place));
}

function collect(readings: readonly ParameterReading[], sent: Encoded, place: ParameterPlace): Values {
  const values: Values = {};
  for (const { parameter, read, fallback } of readings) {
    const value = reading(place, parameter.name, () => read(sent));
    if (value !== undefined) values[parameter.name] = value;
    else if (fallback !== undefined) {
      values[parameter.name] = typeof fallback === "object" ? structuredClone(fallback) : fallback;
    }
  }
  return values;
}

/** What cannot be read is told as what it is: a request that breaks the contract. */
function reading<Value>(place: ParameterPlace, name: string | undefined, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof MalformedText)) throw error;
    const subject = name === undefined ? `The ${place}` : `The ${place} parameter '${name}'`;
    const path = name === undefined ? [] : [name];
    throw new InvalidRequestError(
      place,
      violation(place, path, error.keyword, `${subject} ${error.message}`),
    );
  }
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
