import contract from "../../generated/openapi.json" with { type: "json" };
import { HttpError } from "./http-error.mjs";

/** What every peer does where the contract alone is measured: it asks for a token, and answers what never changes. */

const created = contract.components.examples.CreatedPhone.value;

/** @param authorization the request's header of that name */
export function authorize(authorization) {
  if (!/^Bearer \S+$/i.test(authorization ?? "")) throw new HttpError(401, "Missing authentication");
}

export function create() {
  return created;
}
