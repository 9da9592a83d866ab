import type { ContractDocument } from "./document.ts";
import type { JsonObject } from "./json.ts";
import { type Located, member } from "./reference.ts";

/** The fixed fields of OpenAPI's objects, 3.0 to 3.2, as far as requests and responses depend on them. */
const fixedFields = {
  "OpenAPI Object":
    "openapi $self info jsonSchemaDialect servers paths webhooks components security tags externalDocs",
  "Path Item Object":
    "$ref summary description get put post delete options head patch trace query additionalOperations servers parameters",
  "Operation Object":
    "tags summary description externalDocs operationId parameters requestBody responses callbacks deprecated security servers",
  "Parameter Object":
    "name in description required deprecated allowEmptyValue style explode allowReserved schema example examples content",
  "Request Body Object": "description content required",
  "Response Object": "summary description headers content links",
  "Header Object":
    "description required deprecated allowEmptyValue style explode allowReserved schema example examples content",
  "Media Type Object": "schema itemSchema example examples encoding prefixEncoding itemEncoding",
} satisfies Record<string, string>;

const allowedFields = new Map(
  Object.entries(fixedFields).map(([name, fields]) => [name, new Set(fields.split(" "))]),
);

/** Tells of a field that OpenAPI does not know: a misspelt `required` must not go unnoticed. */
export function checkFields(
  document: ContractDocument,
  object: Located<JsonObject>,
  kind: keyof typeof fixedFields,
): void {
  for (const field of Object.keys(object.value)) {
    if (!field.startsWith("x-") && !allowedFields.get(kind)?.has(field)) {
      document.report(
        object.pointer,
        `${object.pointer} has the field "${field}", which OpenAPI does not have in its ${kind}: correct or remove it.`,
      );
    }
  }
}

/** A member that should be a list; `undefined` where it is none. */
export function list(document: ContractDocument, parent: Located, name: string): Located | undefined {
  const found = member(parent, name);
  if (found === undefined || Array.isArray(found.value)) return found;
  document.report(found.pointer, `${found.pointer} must be an array.`);
  return undefined;
}

/** A member that should be a text; `undefined` where it is none. */
export function text(document: ContractDocument, parent: Located, name: string): string | undefined {
  const found = member(parent, name);
  if (found === undefined || typeof found.value === "string") return found?.value as string | undefined;
  document.report(found.pointer, `${found.pointer} must be a string.`);
  return undefined;
}
