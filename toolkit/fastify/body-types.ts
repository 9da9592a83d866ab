import type { Blob } from "node:buffer";
import type { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";

/** Bytes, at once or as they come. */
export type Bytes =
  | (string | Uint8Array | ArrayBuffer | Blob)
  | (Readable | ReadableStream | AsyncIterable<string | Uint8Array>);

/** What a handler gets as the body of a media type, whose schema's type is `Body`. */
export type ReceivedBody<MediaType, Body> = MediaType extends AnyRange
  ? Body | Readable
  : MediaType extends Sequence
    ? Received<Body>
    : MediaType extends Parametrized<"multipart/form-data">
      ? FormData<Body>
      : MediaType extends Text
        ? Body
        : Readable;

/** What a handler may answer as the body of a media type. */
export type SentBody<MediaType, Body> = MediaType extends AnyRange
  ? Body | Bytes
  : MediaType extends Json
    ? Body
    : MediaType extends Sequence | EventStream
      ? Items<Body> | Bytes
      : MediaType extends Text
        ? Body | Bytes
        : Bytes;

/** The media types that a declared one stands for: `image/*` for all images. */
export type NamedMediaType<MediaType> = MediaType extends "*/*"
  ? `${string}/${string}`
  : MediaType extends `${infer Before}*${infer After}`
    ? `${Before}${string}${After}`
    : MediaType;

/** The media types among declared ones that an answer need not name. */
export type OfItself<MediaType> = Extract<MediaType, AnyRange> | Exclude<MediaType, `${string}*${string}`>;

/** A list is read as a whole; what describes one item is read item by item. */
type Received<Body> = Body extends readonly unknown[] ? Body : AsyncIterable<Body>;

/** What openapi-typescript knows as text may have come as a file, which its type does not tell. */
type FormData<Body> = Body extends object
  ? { [Name in keyof Body]: string extends Body[Name] ? Body[Name] | File : MaybeFiles<Body[Name]> }
  : Body;

type MaybeFiles<Value> = Value extends readonly string[] ? (Value[number] | File)[] : Value;

/** The items of a list, or of what a schema describes one by one. */
type Items<Body> = Body extends readonly (infer Item)[]
  ? Iterable<Item> | AsyncIterable<Item>
  : Iterable<Body> | AsyncIterable<Body>;

type Parametrized<MediaType extends string> = MediaType | `${MediaType};${string}`;

type AnyRange = Parametrized<"*/*" | "application/*">;

type Json = Parametrized<"application/json" | `${string}/${string}+json`>;

type EventStream = Parametrized<"text/event-stream">;

type Sequence = Parametrized<
  `application/${"jsonl" | "x-ndjson" | "ndjson" | "json-seq"}` | `application/${string}+json-seq`
>;

type Text =
  | Json
  | `text/${string}`
  | `multipart/${string}`
  | Parametrized<"application/x-www-form-urlencoded" | "application/xml" | `${string}/${string}+xml`>;
