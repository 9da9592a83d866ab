import { isObject, type Operation, type Parameter, type ParameterPlace } from "../../openapi/index.ts";
import { isForm, isJson, isMultipart } from "../../openapi/media-type.ts";
import type { Body, RequestCase } from "./request-case.ts";
import { formFields, multipart } from "./write-form.ts";

/** A request as it goes on the wire, credentials aside. */
export interface WrittenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * Writes a request as its parameters' styles (OpenAPI 3.1.1 §4.8.12.3) and its media type ask for.
 *
 * @param baseUrl without a slash at its end
 */
export function writeRequest(request: RequestCase, baseUrl: string): WrittenRequest {
  const { operation, parameters, body } = request;
  const path = operation.path.replaceAll(/\{([^{}]+)\}/g, (_, name: string) => {
    const parameter = operation.parameters.path.find((each) => each.name === name);
    return writePath(parameter, name, parameters.path[name]);
  });
  const query = Object.entries(parameters.query).flatMap(([name, value]) =>
    writeQuery(find(operation, "query", name), name, value),
  );
  const headers: Record<string, string> = { accept: acceptOf(operation) };
  for (const [name, value] of Object.entries(parameters.header))
    headers[name.toLowerCase()] = headerText(
      writeSimple(value, find(operation, "header", name)?.explode ?? false, String),
    );
  const cookies = Object.entries(parameters.cookie).map(([name, value]) => `${name}=${encode(plain(value))}`);
  if (cookies.length > 0) headers.cookie = cookies.join("; ");
  const written = body === undefined ? undefined : writeBody(body, operation);
  if (written !== undefined) headers["content-type"] = written.type;
  return {
    method: request.method,
    url: `${baseUrl}${path}${query.length > 0 ? `?${query.join("&")}` : ""}`,
    headers,
    ...(written !== undefined && { body: written.text }),
  };
}

function find(operation: Operation, place: ParameterPlace, name: string): Parameter | undefined {
  return operation.parameters[place].find((each) => each.name === name);
}

/** Whatever the contract answers with; problems may have a media type of their own. */
function acceptOf({ responses }: Operation): string {
  const types = new Set(responses.flatMap(({ contents }) => contents.map(({ mediaType }) => mediaType)));
  return types.size === 0 ? "*/*" : [...types, "*/*;q=0.1"].join(", ");
}

function writeBody({ mediaType, value, text }: Body, operation: Operation): { type: string; text: string } {
  if (text !== undefined) return { type: mediaType, text };
  if (isForm(mediaType)) {
    const content = operation.requestBody?.contents.find((each) => each.mediaType === mediaType);
    const fields = formFields(value, content?.encoding);
    if (isMultipart(mediaType)) return multipart(fields, mediaType);
    const pairs = fields.map((field) => `${encode(field.name)}=${encode(field.text)}`);
    return { type: mediaType, text: pairs.join("&") };
  }
  const isText = typeof value === "string" && !isJson(mediaType);
  return { type: mediaType, text: isText ? value : (JSON.stringify(value) ?? "") };
}

function writePath(parameter: Parameter | undefined, name: string, value: unknown): string {
  const { style = "simple", explode = false } = parameter ?? {};
  if (parameter?.content !== undefined) return encode(JSON.stringify(value) ?? "");
  if (style === "label")
    return `.${writeSimple(value, explode, encode).replaceAll(",", explode ? "." : ",")}`;
  if (style !== "matrix") return writeSimple(value, explode, encode);
  if (!explode || (!Array.isArray(value) && !isObject(value)))
    return `;${name}=${writeSimple(value, false, encode)}`;
  return Array.isArray(value)
    ? value.map((each) => `;${name}=${encode(plain(each))}`).join("")
    : Object.entries(value)
        .map(([key, each]) => `;${key}=${encode(plain(each))}`)
        .join("");
}

function writeQuery(parameter: Parameter | undefined, name: string, value: unknown): string[] {
  const { style = "form", explode = true, content } = parameter ?? {};
  const pair = (key: string, each: unknown) => `${encode(key)}=${encode(plain(each))}`;
  if (content !== undefined && typeof value !== "string") return [pair(name, JSON.stringify(value))];
  if (Array.isArray(value)) {
    if (style === "form" && explode) return value.map((each) => pair(name, each));
    const separator = { spaceDelimited: "%20", pipeDelimited: "%7C" }[style] ?? ",";
    return [`${encode(name)}=${value.map((each) => encode(plain(each))).join(separator)}`];
  }
  if (!isObject(value)) return [pair(name, value)];
  if (style === "deepObject")
    return Object.entries(value).map(([key, each]) => pair(`${name}[${key}]`, each));
  if (explode) return Object.entries(value).map(([key, each]) => pair(key, each));
  return [`${encode(name)}=${writeSimple(value, false, encode)}`];
}

function writeSimple(value: unknown, explode: boolean, write: (text: string) => string): string {
  if (Array.isArray(value)) return value.map((each) => write(plain(each))).join(",");
  if (!isObject(value)) return write(plain(value));
  return Object.entries(value)
    .map(([key, each]) => `${write(key)}${explode ? "=" : ","}${write(plain(each))}`)
    .join(",");
}

function plain(value: unknown): string {
  if (typeof value === "string") return value;
  return value === null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** A segment of nothing but dots would be resolved away before it is sent. */
function encode(text: string): string {
  const encoded = encodeURIComponent(text.toWellFormed()).replaceAll("'", "%27");
  return /^\.{1,2}$/.test(encoded) ? encoded.replaceAll(".", "%2E") : encoded;
}

/** Headers hold visible ASCII here; what else there is has no form that all servers read. */
function headerText(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, "?").trim();
}

/** Whether a value can be told from others once it is text in a header. */
export function fitsHeader(value: unknown): boolean {
  const text = plain(value);
  return /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(text);
}
