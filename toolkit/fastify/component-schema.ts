import type { OpenApiDocument } from "../openapi/document.ts";
import { ContractSetupError, setupError } from "../openapi/errors.ts";
import { readDocument } from "../openapi/load-document.ts";
import { holdAgainst } from "./hold-against.ts";
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
  const contract = readDocument(document, { strict: true });
  const schemas = new Schemas(contract, "request", { formats });
  return (name) => {
    const schema = contract.at(`#/components/schemas/${name}`);
    if (schema === undefined) {
      throw new ContractSetupError(`components.schemas has no "${name}": correct the name.`);
    }
    const validate = schemas.compile(schema);
    if (contract.problems.length > 0) throw setupError(contract.problems);
    return (value) => holdAgainst(validate, value, schemas);
  };
}
