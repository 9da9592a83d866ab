import { InvalidRequestError } from "./errors.ts";
import type { Schemas, Validate } from "./schemas.ts";
import { violation, violationOf } from "./violation.ts";

/** @throws InvalidRequestError where `body` is not as its schema says */
export function holdAgainst(validate: Validate, body: unknown, schemas: Schemas): void {
  if (!isValid(validate, body)) throw new InvalidRequestError("body", violationOf(validate, "body", schemas));
}

/** A recursive schema follows the body's nesting, which the caller chooses, down the stack. */
function isValid(validate: Validate, body: unknown): boolean {
  try {
    return validate(body);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InvalidRequestError("body", violation("body", [], "maxDepth", "The body is nested too deeply"));
  }
}
