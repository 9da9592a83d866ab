import { ContractSetupError } from "./errors.ts";
import { type JsonObject, type Located, member } from "./reference.ts";

/** The fixed fields of OpenAPI's objects (3.0 and 3.1 together), as far as requests and responses depend on them. */
const fixedFields = {
  "OpenAPI Object":
    "openapi info jsonSchemaDialect servers paths webhooks components security tags externalDocs",
  "Path Item Object":
    "$ref summary description get put post delete options head patch trace servers parameters",
  "Operation Object":
    "tags summary description externalDocs operationId parameters requestBody responses callbacks deprecated security servers",
  "Parameter Object":
    "name in description required deprecated allowEmptyValue style explode allowReserved schema example examples content",
  "Request Body Object": "description content required",
  "Response Object": "description headers content links",
  "Header Object":
    "description required deprecated allowEmptyValue style explode allowReserved schema example examples content",
  "Media Type Object": "schema example examples encoding",
} satisfies Record<string, string>;

const allowedFields = new Map(
  Object.entries(fixedFields).map(([name, fields]) => [name, new Set(fields.split(" "))]),
);

/** Refuses a field that OpenAPI does not know: a misspelt `required` must not go unnoticed. */
export function checkFields(object: Located<JsonObject>, kind: keyof typeof fixedFields): void {
  for (const field of Object.keys(object.value)) {
    if (!field.startsWith("x-") && !allowedFields.get(kind)?.has(field)) {
      throw new ContractSetupError(
        `${object.pointer} has the field "${field}", which OpenAPI does not have in its ${kind}: correct or remove it.`,
      );
    }
  }
}

/** A field that OpenAPI demands. */
export function requiredField(object: Located<JsonObject>, field: string): Located {
  const found = member(object, field);
  if (found === undefined) throw new ContractSetupError(`${object.pointer} has no "${field}": add it.`);
  return found;
}
