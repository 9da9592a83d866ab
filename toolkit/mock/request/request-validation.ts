import type { ReadBody } from "../../openapi/body.ts";
import { parseCookies } from "../../openapi/cookies.ts";
import { queryCredentials } from "../../openapi/credential.ts";
import type { Operation, ParameterPlace } from "../../openapi/operation.ts";
import { parseQuery } from "../../openapi/query-string.ts";
import type { Encoded } from "../../openapi/style.ts";
import type { MockRequest } from "../message.ts";
import type { Match } from "../router.ts";
import { type CheckedBody, checkBody } from "./body.ts";
import { ParameterValidator } from "./parameters.ts";

const validators = new WeakMap<Operation, Readonly<Record<ParameterPlace, ParameterValidator>>>();

function validatorsOf(operation: Operation): Readonly<Record<ParameterPlace, ParameterValidator>> {
  let known = validators.get(operation);
  if (!known) {
    const { document, parameters } = operation;
    known = {
      path: new ParameterValidator(document, "path", parameters.path),
      query: new ParameterValidator(document, "query", parameters.query),
      header: new ParameterValidator(document, "header", parameters.header),
      cookie: new ParameterValidator(document, "cookie", parameters.cookie),
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
  { operation, encodedParameters }: Match,
  request: MockRequest,
  parsed: ReadBody | undefined,
): CheckedBody {
  const check = validatorsOf(operation);
  const { body, violations } = checkBody(operation, request, parsed);
  return {
    body,
    violations: [
      ...violations,
      ...check.header.violations(() => listed(request.headers)),
      ...check.query.violations(() => withoutOwn(parseQuery(request.search), operation)),
      ...check.path.violations(() => listed(nonEmpty(encodedParameters))),
      ...check.cookie.violations(() => parseCookies(request.headers.cookie)),
    ],
  };
}

/** A query without what is no parameter: credentials, and what is said to the mock (`__code=404`). */
function withoutOwn(query: Encoded, { security, parameters }: Operation): Encoded {
  const credentials = queryCredentials(security);
  const declared = new Set(parameters.query.map(({ name }) => name));
  return new Map(
    [...query].filter(([name]) => declared.has(name) || !(name.startsWith("__") || credentials.has(name))),
  );
}

function nonEmpty(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));
}

function listed(values: Readonly<Record<string, string>>): Encoded {
  return new Map(Object.entries(values).map(([name, value]) => [name, [value]]));
}
