import type { OpenApiDocument } from "../openapi/reference.ts";
import { target } from "../openapi/reference.ts";
import { holdAgainst } from "./request-body.ts";
import { type Formats, Schemas } from "./schemas.ts";

/** Lets a value pass that a request may bring. @throws InvalidRequestError */
export type ComponentCheck = (value: unknown) => void;

/**
 * Compiles schemas of the contract's components, by their names, for values that come another way than by HTTP, so
 * that there is one set of rules.
 *
 * @throws ContractSetupError
 */
export function componentChecks(
  document: OpenApiDocument,
  formats: Formats = {},
): (name: string) => ComponentCheck {
  const schemas = new Schemas(document, "request", formats);
  return (name) => {
    const pointer = `#/components/schemas/${name}`;
    const validate = schemas.compile(target(document, { value: pointer, pointer }));
    return (value) => holdAgainst(validate, value, schemas);
  };
}
