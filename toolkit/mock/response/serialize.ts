import { stringifyExact } from "../../openapi/exact-integers.ts";
import { isJsonObject } from "../../openapi/json.ts";
import { essence, isJson, isXml } from "../../openapi/media-type.ts";
import type { ContractSchema } from "../../openapi/schema.ts";
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
  if (Array.isArray(value)) {
    // The sequential media types of OpenAPI 3.2, section 4.14.3.
    if (/^application\/(jsonl|x-ndjson)$/.test(type))
      return value.map((item) => `${stringifyExact(item)}\n`).join("");
    if (type === "application/json-seq")
      return value.map((item) => `\u001e${stringifyExact(item)}\n`).join("");
    if (type === "text/event-stream") return value.map(serverSentEvent).join("");
  }
  if (type === "application/x-www-form-urlencoded" && isJsonObject(value)) {
    return new URLSearchParams(
      Object.entries(value).map(([name, field]): [string, string] => [name, String(field)]),
    ).toString();
  }
  return stringifyExact(value);
}

/** One event of https://html.spec.whatwg.org/multipage/server-sent-events.html. */
function serverSentEvent(item: unknown): string {
  if (!isJsonObject(item) || !("data" in item)) return `data: ${stringifyExact(item)}\n\n`;
  const fields = Object.entries(item).map(([name, field]) => {
    const text = typeof field === "string" ? field : stringifyExact(field);
    return text
      .split("\n")
      .map((line) => `${name}: ${line}\n`)
      .join("");
  });
  return `${fields.join("")}\n`;
}
