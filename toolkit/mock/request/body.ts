import { isJsonObject, type JsonObject, objectAt } from "../../openapi/json.ts";
import { essence, isForm, isJson } from "../../openapi/media-type.ts";
import type { Content, Operation } from "../document/operation.ts";
import type { MockRequest } from "../message.ts";
import { Problem } from "../problem.ts";
import { SchemaValidator } from "../schema/validator.ts";
import type { Violation } from "../violation.ts";
import { deserialize, type RawValues, shapeOf } from "./parameter-style.ts";

/** A request's body with the types its schema gives it, and how it breaks its contract. */
export interface CheckedBody {
  /** Undefined: there is none. */
  readonly body: unknown;
  readonly violations: readonly Violation[];
}

/** The media type of a request's body without its parameters, in lower case; undefined where none is given. */
function contentType({ headers }: MockRequest): string | undefined {
  return essence(headers["content-type"] ?? "") || undefined;
}

/**
 * Reads a request's body as its media type says. Undefined: there is none.
 *
 * @throws {Problem} 400 for JSON that is none, 415 for a form that is none
 */
export async function parseBody(request: MockRequest): Promise<unknown> {
  if (request.body.length === 0) return undefined;
  const mediaType = contentType(request);
  if (mediaType !== undefined && isJson(mediaType)) return parseJson(request.body);
  if (mediaType === "multipart/form-data") return readMultipart(request);
  const text = request.body.toString();
  return mediaType === "application/x-www-form-urlencoded" ? collect(new URLSearchParams(text)) : text;
}

/**
 * Holds a request's body against its operation.
 *
 * @param parsed what `parseBody` made of it; undefined where it could not be read
 */
export function checkBody(operation: Operation, request: MockRequest, parsed: unknown): CheckedBody {
  const { requestBody } = operation;
  const isEmpty = request.body.length === 0 || parsed === null || parsed === "";
  if (requestBody?.required && isEmpty) {
    return { body: parsed, violations: [MISSING] };
  }
  if (request.body.length === 0 || parsed === undefined) return { body: parsed, violations: [] };
  const mediaType = contentType(request);
  const refusal = refuseMediaType(requestBody?.contents, mediaType);
  if (refusal) return { body: parsed, violations: [refusal] };
  const content =
    requestBody?.contents.find((one) => matches(mediaType, one.mediaType)) ?? requestBody?.contents[0];
  if (!content?.schema) return { body: parsed, violations: [] };
  if (mediaType !== undefined && isForm(mediaType)) {
    const form = readForm(content, isJsonObject(parsed) ? (parsed as RawValues) : {});
    return { body: form, violations: formValidator(content).violations(form, "Request", "body") };
  }
  return { body: parsed, violations: content.schema.validator.violations(parsed, "Request", "body") };
}

const MISSING: Violation = { code: "required", message: "Body parameter is required", severity: "Error" };

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Problem("MALFORMED_JSON", `The request body is not valid JSON: ${reason}`);
  }
}

function collect(pairs: Iterable<[string, unknown]>): Record<string, unknown> {
  const values = new Map<string, unknown[]>();
  for (const [name, value] of pairs) values.set(name, [...(values.get(name) ?? []), value]);
  return Object.fromEntries([...values].map(([name, all]) => [name, all.length === 1 ? all[0] : all]));
}

async function readMultipart(request: MockRequest): Promise<unknown> {
  const headers = { "content-type": request.headers["content-type"] ?? "" };
  try {
    const form = await new Response(new Uint8Array(request.body), { headers }).formData();
    const fields = [...form].map(
      async ([name, value]): Promise<[string, unknown]> => [
        name,
        typeof value === "string" ? value : Buffer.from(await value.arrayBuffer()).toString(),
      ],
    );
    return collect(await Promise.all(fields));
  } catch {
    const message =
      "The body is no multipart/form-data: its boundary is missing from Content-Type or from the body.";
    throw new Problem("INVALID_CONTENT_TYPE", message);
  }
}

function refuseMediaType(
  contents: readonly Content[] | undefined,
  mediaType: string | undefined,
): Violation | undefined {
  if (
    contents &&
    (mediaType === undefined || contents.some((content) => matches(mediaType, content.mediaType)))
  ) {
    return undefined;
  }
  const message =
    contents && contents.length > 0
      ? `Supported content types: ${contents.map((content) => content.mediaType).join(",")}`
      : "No supported content types, but request included a non-empty body";
  return { code: 415, message, severity: "Error" };
}

/** `application/vnd.pet+json` counts as `application/json`, and the document may write `*` for either half. */
function matches(sent: string | undefined, documented: string): boolean {
  if (sent === undefined) return false;
  const [type, subtype] = halves(sent);
  const [wantedType, wantedSubtype] = halves(documented);
  return (type === wantedType || wantedType === "*") && (subtype === wantedSubtype || wantedSubtype === "*");
}

function halves(mediaType: string): [string, string] {
  const [type = "", subtype = ""] = essence(mediaType).split("/");
  return [type, subtype.slice(subtype.lastIndexOf("+") + 1)];
}

const formValidators = new WeakMap<Content, SchemaValidator>();

/** Form fields are text: numbers and booleans are read from it. */
function formValidator(content: Content): SchemaValidator {
  let validator = formValidators.get(content);
  if (!validator) {
    validator = new SchemaValidator(content.schema?.json ?? true, true);
    formValidators.set(content, validator);
  }
  return validator;
}

function readForm(content: Content, fields: RawValues): JsonObject {
  const shape = shapeOf(content.schema?.json);
  const form: JsonObject = { ...fields };
  for (const [name, property] of Object.entries(objectAt(shape, "properties"))) {
    const encoding = objectAt(content.encoding, name);
    const propertyShape = shapeOf(isJsonObject(property) ? { ...property, $defs: shape.$defs } : property);
    const contentType = typeof encoding.contentType === "string" ? encoding.contentType : undefined;
    const style = typeof encoding.style === "string" ? encoding.style : "form";
    const explode = typeof encoding.explode === "boolean" ? encoding.explode : style === "form";
    const raw = fields[name];
    const value =
      contentType === undefined && (propertyShape.type === "array" || encoding.style !== undefined)
        ? deserialize(name, fields, { style, explode, shape: propertyShape })
        : maybeJson(raw, propertyShape, contentType);
    if (value !== undefined) form[name] = value;
  }
  return form;
}

/** Objects travel in forms as JSON (OpenAPI 3.1, section 4.8.15.1). */
function maybeJson(raw: RawValues[string], shape: JsonObject, contentType: string | undefined): unknown {
  const structured =
    shape.type === "object" || shape.type === "array" || (contentType && isJson(contentType));
  if (!structured || typeof raw !== "string") return raw;
  try {
    return JSON.parse(raw);
  } catch {
    return raw;
  }
}
