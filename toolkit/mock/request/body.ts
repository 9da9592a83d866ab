import { Readable } from "node:stream";
import { type BodyReading, bodyReading, type ReadBody, textOf } from "../../openapi/body.ts";
import { acceptedEncodings, contentDecoder } from "../../openapi/content-encoding.ts";
import { parseExactJson } from "../../openapi/exact-integers.ts";
import { essence, isInUtf8, isJson, specificity } from "../../openapi/media-type.ts";
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

function contentType({ headers }: MockRequest): string | undefined {
  return essence(headers["content-type"] ?? "") === "" ? undefined : headers["content-type"];
}

/** The most that a compressed body may become, in bytes. */
const largestBody = 10 * 1024 * 1024;

/** A body's bytes as they were before their `Content-Encoding`. @throws Problem 413, 415 or 400 */
async function decoded({ body, headers }: MockRequest): Promise<Buffer> {
  const decoder = contentDecoder(headers["content-encoding"]);
  if (decoder === undefined) {
    const message = `The body's Content-Encoding is not one of ${acceptedEncodings}.`;
    throw new Problem("INVALID_CONTENT_TYPE", message, { headers: { "accept-encoding": acceptedEncodings } });
  }
  if (decoder === null) return body;
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of Readable.from([body]).pipe(decoder)) {
      size += (chunk as Buffer).length;
      if (size > largestBody) break;
      chunks.push(chunk as Buffer);
    }
  } catch {
    throw new Problem("MALFORMED_JSON", "The request body is not encoded as its Content-Encoding says.");
  }
  if (size <= largestBody) return Buffer.concat(chunks);
  throw new Problem(
    "BODY_TOO_LARGE",
    `The request body is larger than ${largestBody} bytes once it is decoded.`,
  );
}

/**
 * Reads a request's body as its media type and its operation say. Undefined: there is none.
 *
 * @throws Problem 400 for JSON that is none, 415 for a form that is none and for an encoding that is not known
 */
export async function parseBody(operation: Operation, request: MockRequest): Promise<ReadBody | undefined> {
  if (request.body.length === 0) return undefined;
  const bytes = await decoded(request);
  const mediaType = contentType(request);
  if (mediaType === undefined) return { value: bytes.toString(), isChecked: false };
  const content = contentFor(operation.requestBody?.contents ?? [], mediaType);
  try {
    if (isJson(mediaType)) return { value: parseJson(textOf(bytes)), isChecked: true };
    return await readingOf(content, operation)(bytes, mediaType);
  } catch (error) {
    if (!(error instanceof MalformedText)) throw error;
    const type = error.keyword === "multipart" ? "INVALID_CONTENT_TYPE" : "MALFORMED_JSON";
    throw new Problem(type, `The request body ${error.message}`);
  }
}

const readings = new WeakMap<Content, BodyReading>();

function readingOf(content: Content | undefined, { document }: Operation): BodyReading {
  if (content === undefined)
    return bodyReading({ mediaType: "", encoding: {} }, coercionsOf(document), "text");
  let reading = readings.get(content);
  if (!reading) {
    reading = bodyReading(content, coercionsOf(document), "text");
    readings.set(content, reading);
  }
  return reading;
}

/**
 * Holds a request's body against its operation.
 *
 * @param read what `parseBody` made of it; undefined where there is none, or it could not be read
 */
export function checkBody(
  operation: Operation,
  request: MockRequest,
  read: ReadBody | undefined,
): CheckedBody {
  const { requestBody } = operation;
  const body = read?.value;
  const isEmpty = request.body.length === 0;
  if (requestBody?.required && isEmpty) return { body, violations: [missing] };
  if (isEmpty || read === undefined) return { body, violations: [] };
  const mediaType = contentType(request);
  const contents = requestBody?.contents ?? [];
  if (mediaType === undefined && contents.length > 0) return { body, violations: [untypedBody(contents)] };
  const content = mediaType === undefined ? undefined : contentFor(contents, mediaType);
  if (content === undefined) return { body, violations: [unsupported(contents)] };
  if (!isInUtf8(mediaType ?? "")) return { body, violations: [notInUtf8] };
  if (!content.schema || !read.isChecked) return { body, violations: [] };
  return { body, violations: validatorOf(content.schema).violations(body, "Request", "body") };
}

const notInUtf8: Violation = { code: 415, message: "The request body must be in UTF-8", severity: "Error" };
const missing: Violation = { code: "required", message: "Body parameter is required", severity: "Error" };

function parseJson(text: string): unknown {
  try {
    return parseExactJson(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Problem("MALFORMED_JSON", `The request body is not valid JSON: ${reason}`);
  }
}

/**
 * The content whose media type or range describes what was sent best.
 * `application/vnd.pet+json` counts as `application/json`, as Prism has it, where nothing names it itself.
 */
function contentFor(contents: readonly Content[], sent: string): Content | undefined {
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

function untypedBody(contents: readonly Content[]): Violation {
  const message = `The request has no Content-Type: send one of ${contents.map((content) => content.mediaType).join(", ")}`;
  return { code: 415, message, severity: "Error" };
}

function unsupported(contents: readonly Content[]): Violation {
  const message =
    contents.length > 0
      ? `Supported content types: ${contents.map((content) => content.mediaType).join(",")}`
      : "No supported content types, but request included a non-empty body";
  return { code: 415, message, severity: "Error" };
}
