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

/** What the requests of an operation are held against. */
interface Check extends Readonly<Record<ParameterPlace, ParameterValidator>> {
  /** Whether what is in a query is no parameter: a credential, or what is said to the mock (`__code=404`). */
  readonly isAside: (name: string) => boolean;
}

const checks = new WeakMap<Operation, Check>();

function checkOf(operation: Operation): Check {
  const known = checks.get(operation);
  if (known !== undefined) return known;
  const { document, parameters, security } = operation;
  const credentials = queryCredentials(security);
  const declared = new Set(parameters.query.map(({ name }) => name));
  const check: Check = {
    path: new ParameterValidator(document, "path", parameters.path),
    query: new ParameterValidator(document, "query", parameters.query),
    header: new ParameterValidator(document, "header", parameters.header),
    cookie: new ParameterValidator(document, "cookie", parameters.cookie),
    isAside: (name) => !declared.has(name) && (name.startsWith("__") || credentials.has(name)),
  };
  checks.set(operation, check);
  return check;
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
  const check = checkOf(operation);
  const { body, violations } = checkBody(operation, request, parsed);
  return {
    body,
    violations: [
      ...violations,
      ...check.header.violations(() => listed(request.headers)),
      ...check.query.violations(() => parametersIn(request.search, check)),
      ...check.path.violations(() => listed(nonEmpty(encodedParameters))),
      ...check.cookie.violations(() => parseCookies(request.headers.cookie)),
    ],
  };
}

function parametersIn(search: string, { isAside }: Check): Encoded {
  return new Map([...parseQuery(search)].filter(([name]) => !isAside(name)));
}

function nonEmpty(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));
}

function listed(values: Readonly<Record<string, string>>): Encoded {
  return new Map(Object.entries(values).map(([name, value]) => [name, [value]]));
}
