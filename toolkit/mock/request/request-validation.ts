import type { Operation, ParameterPlace } from "../document/operation.ts";
import type { MockRequest } from "../message.ts";
import type { Match } from "../router.ts";
import { type CheckedBody, checkBody } from "./body.ts";
import type { RawValues } from "./parameter-style.ts";
import { ParameterValidator } from "./parameters.ts";
import { readCookies } from "./security.ts";

const validators = new WeakMap<Operation, Readonly<Record<ParameterPlace, ParameterValidator>>>();

function validatorsOf(operation: Operation): Readonly<Record<ParameterPlace, ParameterValidator>> {
  let known = validators.get(operation);
  if (!known) {
    const { path, query, header, cookie } = operation.parameters;
    known = {
      path: new ParameterValidator("path", path),
      query: new ParameterValidator("query", query),
      header: new ParameterValidator("header", header),
      cookie: new ParameterValidator("cookie", cookie),
    };
    validators.set(operation, known);
  }
  return known;
}

/**
 * Holds body, headers, query, path and cookies of a request against its operation.
 *
 * @param parsed what `parseBody` made of the body
 */
export function checkRequest(
  { operation, pathParameters }: Match,
  request: MockRequest,
  parsed: unknown,
): CheckedBody {
  const check = validatorsOf(operation);
  const { body, violations } = checkBody(operation, request, parsed);
  return {
    body,
    violations: [
      ...violations,
      ...check.header.violations(() => request.headers),
      ...check.query.violations(() => queryValues(request.query)),
      ...check.path.violations(() => lowerCased(nonEmpty(pathParameters))),
      ...check.cookie.violations(() => lowerCased(readCookies(request.headers.cookie))),
    ],
  };
}

function queryValues(query: URLSearchParams): RawValues {
  const values: Record<string, string | string[]> = {};
  for (const [name, value] of query) {
    const key = name.toLowerCase();
    const known = Object.hasOwn(values, key) ? values[key] : undefined;
    values[key] = known === undefined ? value : [...(Array.isArray(known) ? known : [known]), value];
  }
  return values;
}

function nonEmpty(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));
}

function lowerCased(values: Readonly<Record<string, string>>): RawValues {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name.toLowerCase(), value]));
}
