import { Readable } from "node:stream";
import type { FastifyRequest, preParsingHookHandler } from "fastify";
import { type BodyReading, bodyReading, type ReadBody } from "../openapi/body.ts";
import type { Coercion, Coercions } from "../openapi/coercion.ts";
import { isObject } from "../openapi/json.ts";
import {
  isBinary,
  isForm,
  isInUtf8,
  isJson,
  isJsonSequence,
  isMultipart,
  MediaTypes,
} from "../openapi/media-type.ts";
import type { RequestBody } from "../openapi/operation.ts";
import { MalformedText } from "../openapi/style.ts";
import { RawBody } from "./body-parsers.ts";
import { BodyStream, streamedReplies } from "./body-stream.ts";
import { decodeBody } from "./decode-body.ts";
import { InvalidRequestError, MalformedBodyError, UnsupportedMediaTypeError } from "./errors.ts";
import { holdAgainst } from "./hold-against.ts";
import { hasBody } from "./no-body.ts";
import type { Schemas, Validate } from "./schemas.ts";
import { type StreamReading, streamReading } from "./streamed-body.ts";
import { violation } from "./violation.ts";

/** What the contract asks of an operation's body, compiled. */
export interface BodyReader {
  /** Before the body is read. @throws UnsupportedMediaTypeError */
  readonly checkMediaType: (request: FastifyRequest) => void;
  /** Before the body is parsed: undoes its encoding, and marks what is read as it comes. */
  readonly begin: preParsingHookHandler;
  /** The body, read and held against its schema; a promise for XML, forms of parts and lists of lines. @throws RequestError */
  readonly read: (request: FastifyRequest) => unknown;
}

interface DeclaredBody {
  readonly coerce: Coercion | undefined;
  readonly readRaw: BodyReading;
  readonly mayHoldFiles: boolean;
  readonly validate: Validate | undefined;
  readonly streamed: StreamReading | undefined;
}

export function bodyReader(
  { required, contents }: RequestBody,
  compilation: { readonly schemas: Schemas; readonly coercions: Coercions },
): BodyReader {
  const { schemas, coercions } = compilation;
  const supported = contents.map(({ mediaType }) => mediaType);
  const mediaTypes = new MediaTypes<DeclaredBody>(
    contents.map((content) => {
      const { mediaType, schema } = content;
      const declared: DeclaredBody = {
        coerce: schema !== undefined && isForm(mediaType) ? coercions.to(schema) : undefined,
        readRaw: bodyReading(content, coercions, "bytes"),
        mayHoldFiles: !isJson(mediaType),
        validate: schema === undefined ? undefined : schemas.compile(schema),
        streamed: streamReading(
          content,
          compilation,
          (body, contentType) => readRaw(declared, body, contentType),
          (read) => checkRead(declared, read),
        ),
      };
      return [mediaType, declared];
    }),
  );
  const isStreamed = ({ "content-type": contentType = "" }: FastifyRequest["headers"]) =>
    mediaTypes.find(contentType)?.streamed?.takes(contentType) === true;
  const check = ({ validate }: DeclaredBody, body: unknown): unknown => {
    if (validate !== undefined) holdAgainst(validate, body, schemas);
    return body;
  };
  const checkRead = (declared: DeclaredBody, { value, isChecked }: ReadBody): unknown => {
    if (isChecked) check(declared, declared.mayHoldFiles ? withoutFiles(value) : value);
    return value;
  };
  const readRaw = (declared: DeclaredBody, body: Buffer, contentType: string): unknown => {
    const read = wellFormed(() => declared.readRaw(body, contentType));
    return read instanceof Promise
      ? read.then(
          (done) => checkRead(declared, done),
          (error: unknown) =>
            wellFormed(() => {
              throw error;
            }),
        )
      : checkRead(declared, read);
  };
  const begin: preParsingHookHandler = (request, reply, payload, done) =>
    decodeBody.call(request.server, request, reply, payload, (error, decoded) => {
      if (!error && isStreamed(request.headers)) streamedReplies.set(request, reply);
      done(error, decoded);
    });
  return {
    checkMediaType(request) {
      if (!hasBody(request)) return;
      const contentType = request.headers["content-type"];
      if (contentType !== undefined && mediaTypes.find(contentType) !== undefined && isInUtf8(contentType))
        return;
      const reason = contentType === undefined ? "The Content-Type is missing: the body" : "The body";
      throw new UnsupportedMediaTypeError(`${reason} must be ${supported.join(" or ")} in UTF-8.`, supported);
    },
    begin: contents.some(({ mediaType }) => isStreamable(mediaType)) ? begin : decodeBody,
    read(request) {
      const { body } = request;
      // `@fastify/multipart` hands a form's parts to the handler one by one: `request.parts()`.
      if (body === undefined && isTakenByParts(request)) return undefined;
      if (body === undefined || !hasBody(request)) {
        if (!required) return undefined;
        throw new InvalidRequestError("body", violation("body", [], "required", "The body is missing"));
      }
      const contentType = request.headers["content-type"] ?? "";
      const declared = mediaTypes.find(contentType);
      if (declared === undefined) return body;
      if (body instanceof BodyStream && declared.streamed !== undefined)
        return declared.streamed.read(body, contentType);
      if (!(body instanceof RawBody)) {
        if (isOpaque(body)) return body;
        const typed = declared.coerce === undefined ? body : declared.coerce(body);
        return checkRead(declared, { value: typed, isChecked: true });
      }
      return readRaw(declared, body.bytes, contentType);
    },
  };
}

/** Room for what a file is checked by: more of its length is not looked at. */
const longestFile = 16 * 1024 * 1024;

/** A form's files as texts of their length: that is what their schemas (`type: string, format: binary`) speak of. */
function withoutFiles(form: unknown): unknown {
  if (form instanceof Blob) return "\0".repeat(Math.min(form.size, longestFile));
  if (Array.isArray(form)) return form.some(isBlob) ? form.map(withoutFiles) : form;
  if (!isObject(form) || !Object.values(form).some((value) => isBlob([value].flat()[0]))) return form;
  return Object.fromEntries(Object.entries(form).map(([name, value]) => [name, withoutFiles(value)]));
}

function isBlob(value: unknown): boolean {
  return value instanceof Blob;
}

function isStreamable(mediaType: string): boolean {
  return [isBinary, isMultipart, isJsonSequence].some((is) => is(mediaType));
}

function isTakenByParts(request: FastifyRequest): boolean {
  const { isMultipart } = request as { isMultipart?: unknown };
  return typeof isMultipart === "function" && isMultipart.call(request) === true;
}

/** Bytes, or a stream of them, that the application's own parser hands on. */
function isOpaque(body: unknown): boolean {
  return Buffer.isBuffer(body) || body instanceof Readable;
}

function wellFormed<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedText)
      throw new MalformedBodyError(`The body ${error.message}${/[.!]$/.test(error.message) ? "" : "."}`);
    throw error;
  }
}
