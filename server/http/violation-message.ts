import type { InvalidRequestError, Violation } from "contract-first/fastify";

/** Where a request is at fault, in the words and codes of Auth0's Management API. */
const parts = {
  path: { prefix: "Path", errorCode: "invalid_uri" },
  query: { prefix: "Query", errorCode: "invalid_query_string" },
  header: { prefix: "Header", errorCode: "invalid_headers" },
  cookie: { prefix: "Cookie", errorCode: "invalid_headers" },
  body: { prefix: "Payload", errorCode: "invalid_body" },
} as const;

/** The message and error code for a request that is not as the contract describes. */
export function describeInvalidRequest(
  error: InvalidRequestError,
  pathParameter: (name: string) => string | undefined,
): { message: string; errorCode: string } {
  const { prefix, errorCode } = parts[error.part];
  const [violation] = error.violations;
  const reason = violation === undefined ? error.message : describe(violation, pathParameter);
  return { message: `${prefix} validation error: ${reason}`, errorCode };
}

function describe(violation: Violation, pathParameter: (name: string) => string | undefined): string {
  const [part, ...path] = violation.location;
  const name = path.join(".");
  if (violation.keyword === "required" && name === "") return "'A body is required'.";
  if (violation.keyword === "required") return `'Missing required property: ${name}'.`;
  if (violation.keyword === "additionalProperties") return `'Additional properties not allowed: ${name}'.`;
  const value = part === "path" ? pathParameter(name) : undefined;
  const on = name === "" ? "" : ` on property ${name}`;
  return `'${reasonFor(violation, value)}'${on}${descriptionOf(violation)}.`;
}

function reasonFor({ keyword, params, message }: Violation, value: string | undefined): string {
  switch (keyword) {
    case "format":
      return `Object didn't pass validation for format ${String(params.format)}${value === undefined ? "" : `: ${value.slice(0, 100)}`}`;
    case "type":
      return `Expected type ${String(params.type)}`;
    case "enum":
      return `No enum match, expected one of: ${(params.allowedValues as unknown[]).join(", ")}`;
    default:
      return message;
  }
}

/** The first sentence of what the contract says about the property. */
function descriptionOf({ description }: Violation): string {
  const sentence = description
    ?.trim()
    .split(/\.\s|\.$/, 1)[0]
    ?.replace(/\s+/g, " ");
  return sentence ? ` (${sentence})` : "";
}
