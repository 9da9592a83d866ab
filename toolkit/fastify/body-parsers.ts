import { isUtf8 } from "node:buffer";
import type { Readable } from "node:stream";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Coercions } from "../openapi/coercion.ts";
import type { ContractDocument } from "../openapi/document.ts";
import { faultOfJson } from "../openapi/json-text.ts";
import { essence, isBinary, isFormData, isJson, isJsonSequence, isRange } from "../openapi/media-type.ts";
import type { Content, Operation } from "../openapi/operation.ts";
import { hasBegun, streamBody, streamedReplies } from "./body-stream.ts";
import { MalformedBodyError, UnsupportedMediaTypeError } from "./errors.ts";

/** A body of a type that the application has no parser for: it is read as its operation says. */
export class RawBody {
  readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }
}

/** What is read as its operation says where only a range names it: text, XML, and forms that hold no files. */
const textual = /^(?:text\/|application\/x-www-form-urlencoded|[^;]+[/+]xml(?:$|[\s;]))/i;

type Done = (error: Error | null, body?: unknown) => void;

/**
 * Gives a scope the parsers that its operations need. JSON is ours, since Fastify's refuses an empty body with an error
 * of its own and decodes invalid UTF-8 into replacement characters; for all others the application's come first. Tells
 * of a declared media type that nothing reads, although its schema asks for more than bytes.
 */
export function addBodyParsers(
  scope: FastifyInstance,
  document: ContractDocument,
  operations: readonly Operation[],
  coercions: Coercions,
): void {
  const parseJson = jsonParser(scope);
  if (scope.hasContentTypeParser("application/json")) scope.removeContentTypeParser("application/json");
  scope.addContentTypeParser("application/json", { parseAs: "buffer" }, parseJson);
  const contents = operations.flatMap(({ requestBody }) => requestBody?.contents ?? []);
  for (const content of contents) {
    const type = essence(content.mediaType);
    if (!/^[^\s/]+\/[^\s/]+$/.test(type)) {
      document.report(
        content.pointer,
        `${content.pointer} is named "${content.mediaType}", which is no media type: correct it.`,
      );
      continue;
    }
    if (isRange(type) || (scope.hasContentTypeParser(type) && type !== "text/plain")) continue;
    if (scope.hasContentTypeParser(type)) scope.removeContentTypeParser(type);
    if (!isReadable(content, coercions)) {
      document.report(
        content.pointer,
        `No parser reads ${content.mediaType}, which the contract declares: register one before it (addContentTypeParser).`,
      );
    }
    if (isBinary(type) || isJsonSequence(type) || isFormData(type)) scope.addContentTypeParser(type, handOn);
    else scope.addContentTypeParser(type, { parseAs: "buffer" }, isJson(type) ? parseJson : keepRaw);
  }
  if (contents.some(({ mediaType }) => isRange(mediaType))) {
    scope.addContentTypeParser(/^[^;]+\+json(?:$|;)/, { parseAs: "buffer" }, parseJson);
    scope.addContentTypeParser(textual, { parseAs: "buffer" }, keepRaw);
  }
  scope.addContentTypeParser("*", handOn);
}

/** Whether a body is read by its media type, or its bytes are all that its schema asks for. */
function isReadable(content: Content, coercions: Coercions): boolean {
  return !isBinary(content.mediaType) || asksForBytes(content, coercions);
}

/** Whether a schema says no more than that there are bytes: `type: string, format: binary`, `contentMediaType`, nothing. */
export function asksForBytes({ schema }: Content, coercions: Coercions): boolean {
  return schema === undefined || ["value", "any"].includes(coercions.takes(schema));
}

function keepRaw(_request: unknown, body: Buffer, done: Done): void {
  done(null, body.length === 0 ? undefined : new RawBody(body));
}

/**
 * For bodies that their handlers read themselves, empty bodies of any type, and types under a declared range that nothing
 * parses. It takes the place of a parser for everything that the application may have: what is parsed is named.
 */
function handOn(request: FastifyRequest, payload: Readable, done: Done): void {
  const reply = streamedReplies.get(request);
  let body = payload;
  try {
    if (reply !== undefined) body = streamBody(request, reply, payload);
  } catch (refusal) {
    done(refusal as Error);
    return;
  }
  hasBegun(body, (error, hasBytes) => {
    if (error || !hasBytes) done(error);
    else if (reply !== undefined) done(null, body);
    else done(new UnsupportedMediaTypeError("The body has no media type that the contract declares.", []));
  });
}

function jsonParser(scope: FastifyInstance) {
  const parse = scope.getDefaultJsonParser("error", "error");
  return (request: Parameters<typeof parse>[0], body: Buffer, done: Done) => {
    if (body.length === 0) done(null, undefined);
    else if (!isUtf8(body)) done(new MalformedBodyError("The body is not valid UTF-8."));
    else {
      const text = body.toString();
      parse.call(scope, request, text, (error, value) => {
        if (error) done(new MalformedBodyError("The body is not well-formed JSON."));
        else done(faultOf(text), value);
      });
    }
  };
}

function faultOf(json: string): MalformedBodyError | null {
  const fault = faultOfJson(json);
  return fault === undefined ? null : new MalformedBodyError(`The body ${fault}.`);
}
