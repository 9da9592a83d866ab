import { type FormFields, formReader, multipartFields, urlEncodedFields } from "../../openapi/form.ts";
import { essence, isForm, isJson, isUrlEncoded, specificity } from "../../openapi/media-type.ts";
import { MalformedMultipart, parseMultipart } from "../../openapi/multipart.ts";
import type { Content, Operation } from "../../openapi/operation.ts";
import { MalformedText } from "../../openapi/style.ts";
import type { MockRequest } from "../message.ts";
import { Problem } from "../problem.ts";
import { validatorOf } from "../schema/validator.ts";
import type { Violation } from "../violation.ts";
import { coercionsOf } from "./parameters.ts";

/** A request's body with the types its schema gives it, and how it breaks its contract. */
export interface CheckedBody {
  /** Undefined: there is none. */
  readonly body: unknown;
  readonly violations: readonly Violation[];
}

/** The fields of a form, whose types are not known before its operation is. */
class Form {
  readonly fields: FormFields;

  constructor(fields: FormFields) {
    this.fields = fields;
  }
}

function contentType({ headers }: MockRequest): string | undefined {
  return essence(headers["content-type"] ?? "") === "" ? undefined : headers["content-type"];
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
  if (mediaType !== undefined && isForm(mediaType)) return readForm(request, mediaType);
  return request.body.toString();
}

/**
 * Holds a request's body against its operation.
 *
 * @param parsed what `parseBody` made of it; undefined where it could not be read
 */
export function checkBody(operation: Operation, request: MockRequest, parsed: unknown): CheckedBody {
  const { requestBody, document } = operation;
  const isEmpty = request.body.length === 0 || parsed === "";
  if (requestBody?.required && isEmpty) return { body: parsed, violations: [MISSING] };
  if (request.body.length === 0 || parsed === undefined) return { body: parsed, violations: [] };
  const mediaType = contentType(request);
  const content = requestBody && contentFor(requestBody.contents, mediaType);
  const body = parsed instanceof Form ? formOf(parsed, content, document) : parsed;
  if (content === undefined) return { body, violations: [unsupported(requestBody?.contents)] };
  if (!content.schema) return { body, violations: [] };
  return { body, violations: validatorOf(content.schema).violations(body, "Request", "body") };
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

function readForm(request: MockRequest, mediaType: string): Form | string {
  try {
    if (isUrlEncoded(mediaType)) return new Form(urlEncodedFields(request.body.toString()));
    const parts = parseMultipart(request.body, mediaType);
    if (essence(mediaType) !== "multipart/form-data") return request.body.toString();
    const nameless = parts.findIndex(({ name }) => name === undefined);
    if (nameless >= 0) {
      const message = `Part ${nameless + 1} of the body has no name: give it a Content-Disposition: form-data; name="…".`;
      throw new Problem("INVALID_CONTENT_TYPE", message);
    }
    return new Form(multipartFields(parts, ({ body }) => body.toString()));
  } catch (error) {
    if (error instanceof MalformedMultipart) {
      throw new Problem("INVALID_CONTENT_TYPE", `The body is no ${essence(mediaType)}: ${error.message}`);
    }
    if (error instanceof MalformedText)
      throw new Problem("UNPROCESSABLE_ENTITY", `The body ${error.message}.`);
    throw error;
  }
}

const formReaders = new WeakMap<Content, ReturnType<typeof formReader>>();

function formOf({ fields }: Form, content: Content | undefined, document: Operation["document"]): unknown {
  if (content === undefined) return formReader({ encoding: {} }, coercionsOf(document))(fields);
  let reader = formReaders.get(content);
  if (!reader) {
    reader = formReader(content, coercionsOf(document));
    formReaders.set(content, reader);
  }
  return reader(fields);
}

/**
 * The content whose media type or range describes what was sent best. Without a Content-Type the first one is meant;
 * `application/vnd.pet+json` counts as `application/json`, as Prism has it, where nothing names it itself.
 */
function contentFor(contents: readonly Content[], sent: string | undefined): Content | undefined {
  if (sent === undefined) return contents[0];
  const ranked = contents
    .map((content) => ({
      content,
      rank: specificity(content.mediaType, sent) || bySuffix(content.mediaType, sent),
    }))
    .filter(({ rank }) => rank > 0)
    .sort((a, b) => b.rank - a.rank);
  return ranked[0]?.content;
}

function bySuffix(declared: string, sent: string): number {
  const suffix = (mediaType: string) => essence(mediaType).replace(/\/.*\+/, "/");
  return suffix(declared) === suffix(sent) ? 0.5 : 0;
}

function unsupported(contents: readonly Content[] | undefined): Violation {
  const message =
    contents && contents.length > 0
      ? `Supported content types: ${contents.map((content) => content.mediaType).join(",")}`
      : "No supported content types, but request included a non-empty body";
  return { code: 415, message, severity: "Error" };
}
