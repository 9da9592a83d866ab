import { stringifyExact } from "../../openapi/exact-integers.ts";
import { isObject } from "../../openapi/json.ts";
import { essence, isJson, isXml } from "../../openapi/media-type.ts";
import type { ContractSchema } from "../../openapi/schema.ts";
import { isSequence, itemWriter } from "../../openapi/sequence.ts";
import { writeXml } from "../../openapi/write-xml.ts";
import { coercionsOf } from "../request/parameters.ts";

/** Writes a body as its media type and its schema want it. Undefined: there is no body. */
export function serialize(
  value: unknown,
  mediaType: string,
  schema: ContractSchema | undefined,
): string | undefined {
  if (value === undefined) return undefined;
  const type = essence(mediaType);
  if (isJson(type)) return stringifyExact(value);
  if (typeof value === "string") return value;
  if (isXml(type)) return writeXml(value, schema, schema && coercionsOf(schema.document));
  // The sequential media types of OpenAPI 3.2, section 4.14.3.
  if (isSequence(type)) {
    const items: unknown[] = Array.isArray(value) ? value : [value];
    return items.map(itemWriter(type, stringifyExact)).join("");
  }
  if (type === "application/x-www-form-urlencoded" && isObject(value)) {
    return new URLSearchParams(
      Object.entries(value).map(([name, field]): [string, string] => [name, String(field)]),
    ).toString();
  }
  return stringifyExact(value);
}
