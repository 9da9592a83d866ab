import { type Content, isObject } from "../../openapi/index.ts";
import { isJson } from "../../openapi/media-type.ts";

/** One field of a form. */
export interface Field {
  readonly name: string;
  readonly text: string;
  /** Where the field is no plain text. */
  readonly mediaType?: string;
}

/**
 * The fields of a form as its `encoding` asks for (OpenAPI 3.1.1 §4.8.15): a list is a field of its name for each item,
 * an object is JSON; where a style is given, what the style says. A form that is a list as a whole has indexed names,
 * as form encoders write them.
 */
export function formFields(value: unknown, encoding: Content["encoding"] = {}): Field[] {
  if (Array.isArray(value)) return value.flatMap((each, index) => bracketed(String(index), each));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, each]) => fieldsOf(name, each, encoding[name]));
}

function fieldsOf(name: string, value: unknown, encoding: Content["encoding"][string] | undefined): Field[] {
  const { contentType, style, explode } = encoding ?? {};
  if (contentType !== undefined && isJson(contentType))
    return [{ name, text: JSON.stringify(value) ?? "", mediaType: contentType }];
  if (style === "deepObject") return bracketed(name, value);
  if (Array.isArray(value)) {
    if ((style === undefined || style === "form") && explode !== false)
      return value.flatMap((each) => fieldsOf(name, each, undefined));
    const separator = { spaceDelimited: " ", pipeDelimited: "|" }[style ?? ""] ?? ",";
    return [{ name, text: value.map(plain).join(separator) }];
  }
  if (isObject(value))
    return style === "form" && explode !== false
      ? Object.entries(value).map(([key, each]) => ({ name: key, text: plain(each) }))
      : [{ name, text: JSON.stringify(value), mediaType: "application/json" }];
  const mediaType = contentType?.split(",")[0]?.trim();
  return [{ name, text: plain(value), ...(mediaType?.includes("*") === false && { mediaType }) }];
}

function bracketed(name: string, value: unknown): Field[] {
  if (typeof value !== "object" || value === null) return [{ name, text: plain(value) }];
  return Object.entries(value).flatMap(([key, each]) => bracketed(`${name}[${key}]`, each));
}

function plain(value: unknown): string {
  if (typeof value === "string") return value;
  return value === null || value === undefined
    ? ""
    : typeof value === "object"
      ? JSON.stringify(value)
      : String(value);
}

/** What no value holds, so that it needs no care. */
const boundary = "contract-first-7d1c5e0b9a3f4c62";

/** A multipart body (RFC 7578) and its media type; a field that is no text is a file. */
export function multipart(fields: readonly Field[], mediaType: string): { type: string; text: string } {
  const parts = fields.map(({ name, text, mediaType: own }) => {
    const isFile = own !== undefined && !isJson(own) && !own.startsWith("text/");
    const disposition = `form-data; name="${escaped(name)}"${isFile ? `; filename="${escaped(name)}"` : ""}`;
    const type = own === undefined ? "" : `Content-Type: ${own}\r\n`;
    return `--${boundary}\r\nContent-Disposition: ${disposition}\r\n${type}\r\n${text}\r\n`;
  });
  return { type: `${mediaType}; boundary=${boundary}`, text: `${parts.join("")}--${boundary}--\r\n` };
}

/** As browsers write names (HTML Standard, multipart/form-data encoding algorithm). */
function escaped(name: string): string {
  return name.replaceAll('"', "%22").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}
