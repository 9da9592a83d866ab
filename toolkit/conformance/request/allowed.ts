import { asRead } from "../values/form-value.ts";
import { validatorOf } from "../values/validator.ts";
import { places } from "./build.ts";
import type { Intent, RequestCase } from "./request-case.ts";

const doubtful: Intent = { kind: "hostile", what: "values that the contract may not allow" };

/** The request as it can be judged: some schemas allow nothing, and some examples are wrong. */
export function asMeant(request: RequestCase): RequestCase {
  return isAllowed(request) ? request : { ...request, intent: doubtful };
}

function isAllowed({ operation, intent, parameters, body }: RequestCase): boolean {
  if (intent.kind !== "valid") return true;
  const content = operation.requestBody?.contents.find(({ mediaType }) => mediaType === body?.mediaType);
  const isBodyAllowed =
    content?.schema === undefined ||
    body?.value === undefined ||
    validatorOf(content.schema).accepts(asRead(operation.document, content, body.value));
  return (
    isBodyAllowed &&
    places.every((place) =>
      operation.parameters[place].every(({ name, schema }) => {
        const value = parameters[place][name];
        return (
          value === undefined ||
          schema === undefined ||
          place === "path" ||
          validatorOf(schema).accepts(value)
        );
      }),
    )
  );
}
