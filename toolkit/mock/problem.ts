import type { Violation } from "./violation.ts";

/** Prism's problem types (RFC 9457) with their titles and statuses, and those that only we have. */
const problems = {
  UNPROCESSABLE_ENTITY: [422, "Invalid request"],
  NOT_ACCEPTABLE: [406, "The server cannot produce a representation for your accept header"],
  NOT_FOUND: [404, "The server cannot find the requested content"],
  UNAUTHORIZED: [401, "Invalid security scheme used"],
  INVALID_CONTENT_TYPE: [415, "Invalid content type"],
  VIOLATIONS: [500, "Request/Response not valid"],
  NO_RESPONSE_RESPONSE_DEFINED: [500, "No response defined for the selected operation"],
  NO_PATH_MATCHED_ERROR: [404, "Route not resolved, no path matched"],
  NO_METHOD_MATCHED_ERROR: [405, "Route resolved, but no method matched"],
  SCHEMA_TOO_COMPLEX: [500, "Schema too complex"],
  MALFORMED_JSON: [400, "The request body is not valid JSON"],
  BODY_TOO_LARGE: [413, "The request body is too large"],
  INJECTED_FAILURE: [503, "The mock was told to fail"],
  UNDOCUMENTED: [500, "A status that the document does not define"],
  CONFLICT: [409, "The resource exists already"],
  UNKNOWN: [500, "The mock failed"],
} as const satisfies Record<string, readonly [number, string]>;

export type ProblemType = keyof typeof problems;

interface ProblemOptions {
  /** Overrides the type's status. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly violations?: readonly Violation[];
}

/** An answer the document does not describe, in Prism's problem+json form. */
export class Problem extends Error {
  readonly type: ProblemType;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly violations: readonly Violation[];

  constructor(type: ProblemType, detail: string, options: ProblemOptions = {}) {
    super(detail);
    this.type = type;
    this.status = options.status ?? problems[type][0];
    this.headers = options.headers ?? {};
    this.violations = options.violations ?? [];
  }

  /** The problem+json body. `validation` and `headers` appear where Prism shows them. */
  body(): string {
    return JSON.stringify({
      type: `https://stoplight.io/prism/errors#${this.type}`,
      title: problems[this.type][1],
      status: this.status,
      detail: this.message,
      ...(this.violations.length > 0 && {
        validation: this.violations.map(({ location, severity, code, message }) => ({
          location,
          severity,
          code,
          message,
        })),
      }),
      ...("WWW-Authenticate" in this.headers && { headers: this.headers }),
    });
  }
}
