import { isJson } from "../openapi/media-type.ts";
import { isSequence, itemWriter } from "../openapi/sequence.ts";
import { type DeclaredContent, type DeclaredResponse, withCharset } from "./declared-response.ts";
import { isBytes, isItems } from "./payload.ts";

/** What a handler returned, before it is known to be one of the contract's answers. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly contentType?: string | undefined;
  readonly headers?: Readonly<Record<string, unknown>>;
}

/** The documented media type that an answer has; `undefined`: none. */
export function chooseContent(
  response: DeclaredResponse,
  { contentType, body }: Answer,
): DeclaredContent | undefined {
  if (contentType !== undefined) return named(response, contentType);
  if (isPlain(body)) return response.content;
  const own = body instanceof Blob && body.type !== "" ? named(response, body.type) : undefined;
  if (own !== undefined) return own;
  if (isBytes(body)) return response.bytes;
  return isItems(body) ? response.items : response.content;
}

/** The declaration that a media type falls under, as that type. */
function named(response: DeclaredResponse, mediaType: string): DeclaredContent | undefined {
  const declared = response.byMediaType.find(mediaType);
  if (declared === undefined) return undefined;
  return {
    ...declared,
    contentType: withCharset(mediaType),
    isJson: isJson(mediaType),
    writeItem: isSequence(mediaType) ? itemWriter(mediaType) : undefined,
  };
}

/** A value as it comes out of a parser of JSON: most answers are one. */
function isPlain(body: unknown): boolean {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return true;
  const prototype: unknown = Object.getPrototypeOf(body);
  return (
    prototype === null ||
    (prototype === Object.prototype && !(Symbol.asyncIterator in body) && !(Symbol.iterator in body))
  );
}
