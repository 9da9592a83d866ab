import type { ErrorObject } from "ajv";
import type { RequestPart } from "./errors.ts";

const nouns: Record<RequestPart, string> = {
  path: "path parameter",
  query: "query parameter",
  header: "header",
  cookie: "cookie",
  body: "property",
};

/** Says what is wrong with which property, without its value. */
export function sentence(
  { keyword, params }: ErrorObject,
  part: RequestPart,
  location: readonly string[],
): string {
  const noun = nouns[part];
  const name = location.join(".");
  const subject = location.length === 0 ? `The ${part}` : `The ${noun} '${name}'`;
  switch (keyword) {
    case "required":
    case "dependentRequired":
      return `Missing required ${noun}: ${name}`;
    case "additionalProperties":
    case "unevaluatedProperties":
    case "false schema":
      return `Unknown ${noun}: ${name}`;
    case "propertyNames":
      return `${subject} is not an allowed name`;
    case "readOnly":
      return `${subject} is read-only`;
    case "writeOnly":
      return `${subject} is write-only`;
    default:
      return `${subject} ${demand(keyword, params)}`;
  }
}

function demand(keyword: string, params: Readonly<Record<string, unknown>>): string {
  switch (keyword) {
    case "type":
      return `must be of type ${[params.type].flat().join(" or ")}`;
    case "enum":
      return `must be one of ${[params.allowedValues].flat().map(quote).join(", ")}`;
    case "const":
      return `must be ${quote(params.allowedValue)}`;
    case "format":
      return `must have the format ${params.format}`;
    case "pattern":
      return `must match the pattern ${params.pattern}`;
    case "minimum":
    case "maximum":
    case "exclusiveMinimum":
    case "exclusiveMaximum":
      return `must be ${params.comparison} ${params.limit}`;
    case "multipleOf":
      return `must be a multiple of ${params.multipleOf}`;
    case "minLength":
      return `must have at least ${params.limit} characters`;
    case "maxLength":
      return `must have at most ${params.limit} characters`;
    case "minItems":
      return `must have at least ${params.limit} items`;
    case "maxItems":
    case "items":
      return `must have at most ${params.limit} items`;
    case "uniqueItems":
      return "must not have the same item twice";
    case "minProperties":
      return `must have at least ${params.limit} properties`;
    case "maxProperties":
      return `must have at most ${params.limit} properties`;
    case "oneOf":
      return "must match exactly one of its alternatives";
    case "anyOf":
      return "must match one of its alternatives";
    default:
      return `must satisfy ${keyword}`;
  }
}

function quote(value: unknown): string {
  return JSON.stringify(value);
}
