import { Readable } from "node:stream";
import { isObject } from "../openapi/json.ts";
import { ItemStream } from "./item-stream.ts";

/** Whether a body is sent as the bytes that it is, or that it gives. */
export function isBytes(body: unknown): boolean {
  return (
    typeof body === "string" ||
    body instanceof Uint8Array ||
    body instanceof ArrayBuffer ||
    body instanceof Blob ||
    body instanceof ReadableStream ||
    (body instanceof Readable && !isOfObjects(body))
  );
}

/** Whether a body gives one item after the other. */
export function isItems(body: unknown): body is Iterable<unknown> | AsyncIterable<unknown> {
  return (
    isObjectLike(body) &&
    (Symbol.asyncIterator in body || Symbol.iterator in body) &&
    !ArrayBuffer.isView(body)
  );
}

/** Whether a body comes as it is read, and is ended by whoever reads it. */
export function isStream(body: unknown): body is object {
  return body instanceof Blob || (isItems(body) && !Array.isArray(body));
}

/** Bytes in a form that Fastify sends. */
export function asPayload(body: unknown): unknown {
  if (body instanceof ArrayBuffer) return Buffer.from(body);
  if (body instanceof Blob) return new ItemStream(body.stream() as ReadableStream, asChunk);
  if (body instanceof Readable && !isOfObjects(body)) return body;
  return isStream(body) && isItems(body) ? new ItemStream(body, asChunk) : body;
}

/** Ends what nobody will read. */
export function discard(body: unknown): void {
  if (body instanceof Readable) body.destroy();
  else if (isStream(body) && isItems(body) && !(body instanceof ReadableStream && body.locked)) {
    new ItemStream(body, asChunk).destroy();
  }
}

/** A stream of objects may give anything, which no socket would take. */
function isOfObjects(stream: Readable): boolean {
  return stream.readableObjectMode;
}

function asChunk(item: unknown): string | Uint8Array {
  if (typeof item === "string" || item instanceof Uint8Array) return item;
  throw new TypeError("A stream of bytes gave something else: answer with text or bytes.");
}

function isObjectLike(value: unknown): value is object {
  return isObject(value) || Array.isArray(value);
}
