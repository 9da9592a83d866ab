/** Where in a request a violation was found; the names are those of OpenAPI's `in`, and `body`. */
export type RequestPart = "path" | "query" | "header" | "cookie" | "body";

/** One thing that a request or a response does and its schema in the contract does not allow. */
export interface Violation {
  /** The part, then the way to the value: `["body", "email"]`, `["query", "page"]`, `["body", "transports", "0"]`. */
  readonly location: readonly string[];
  /** The JSON Schema keyword that was violated: `required`, `pattern`, `additionalProperties`, … */
  readonly keyword: string;
  /** A sentence that names the property and never repeats its value. */
  readonly message: string;
  /** What the keyword asked for, as Ajv reports it: `{ missingProperty: "email" }`, `{ limit: 30 }`, … */
  readonly params: Readonly<Record<string, unknown>>;
  /** The contract's `description` of the schema that was violated, or of the property it belongs to. */
  readonly description?: string;
}

/**
 * A request that the contract does not allow. It has no stack trace: the fault is the caller's, and capturing one
 * costs more than all the rest of a refusal.
 */
export abstract class RequestError extends Error {
  abstract readonly statusCode: number;

  constructor(message: string) {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = limit;
  }
}

/** A parameter or the body does not match its schema. */
export class InvalidRequestError extends RequestError {
  override readonly name = "InvalidRequestError";
  readonly statusCode = 400;
  readonly part: RequestPart;
  /** The first violation only: looking for all of them would let a caller choose how long we look. */
  readonly violations: readonly Violation[];

  constructor(part: RequestPart, violation: Violation) {
    super(violation.message);
    this.part = part;
    this.violations = [violation];
  }
}

/** The body is not what its media type says it is: not well-formed JSON, not UTF-8. */
export class MalformedBodyError extends RequestError {
  override readonly name = "MalformedBodyError";
  readonly statusCode = 400;
}

/** The body's media type (or its charset) is not one that the contract declares for the operation. */
export class UnsupportedMediaTypeError extends RequestError {
  override readonly name = "UnsupportedMediaTypeError";
  readonly statusCode = 415;
  /** The media types that the operation declares; none where it takes no body. */
  readonly supported: readonly string[];

  constructor(message: string, supported: readonly string[]) {
    super(message);
    this.supported = supported;
  }
}

/** The path is in the contract, the method on it is not. */
export class MethodNotAllowedError extends RequestError {
  override readonly name = "MethodNotAllowedError";
  readonly statusCode = 405;
  /** The methods that the path has, as the `Allow` header lists them (RFC 9110 §10.2.1). */
  readonly allow: readonly string[];

  constructor(allow: readonly string[]) {
    super(`This path only allows ${allow.join(", ")}.`);
    this.allow = allow;
  }
}

/** A handler gave an answer that its contract does not allow. The message never repeats the answer's values. */
export class ResponseViolationError extends Error {
  override readonly name = "ResponseViolationError";
  readonly statusCode = 500;
  readonly operationId: string;
  /** The schema's violation, where the status, media type and presence of the body were right. */
  readonly violation: Violation | undefined;

  constructor(operationId: string, reason: string, violation?: Violation) {
    super(`${operationId} broke its contract: ${reason}`);
    this.operationId = operationId;
    this.violation = violation;
  }
}
