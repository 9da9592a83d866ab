import type { Readable } from "node:stream";
import type { Input, Output } from "../../../toolkit/fastify/handler.ts";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <_ extends true>() => {};

interface Taking<Content> {
  requestBody: { content: Content };
}
interface Thing {
  id: string;
}

// What a handler gets.
same<Same<Input<Taking<{ "application/octet-stream": string }>>["body"], Readable>>();
same<Same<Input<Taking<{ "image/*": unknown }>>["body"], Readable>>();
same<
  Same<Input<Taking<{ "application/pdf": string; "application/json": Thing }>>["body"], Readable | Thing>
>();
same<Same<Input<Taking<{ "application/x-ndjson": Thing }>>["body"], AsyncIterable<Thing>>>();
same<Same<Input<Taking<{ "application/jsonl": Thing[] }>>["body"], Thing[]>>();
same<Same<Input<Taking<{ "application/geo+json-seq": unknown }>>["body"], AsyncIterable<unknown>>>();
same<Same<Input<Taking<{ "text/csv": string }>>["body"], string>>();
interface Form {
  name?: string;
  kind: "a" | "b";
  files: string[];
  thing: Thing;
}
same<
  Same<
    Input<Taking<{ "multipart/form-data": Form }>>["body"],
    { name?: string | File; kind: "a" | "b"; files: (string | File)[]; thing: Thing }
  >
>();
same<Same<Input<Taking<{ "application/merge-patch+json; charset=utf-8": Thing }>>["body"], Thing>>();

interface Downloads {
  responses: {
    200: { content: { "image/png": string; "image/*": string; "application/json": Thing } };
    201: { content: { "text/event-stream": Thing } };
    202: { content: { "application/x-ndjson": Thing[] } };
    203: { content: { "text/csv": string } };
    206: { content: { "image/*": string } };
  };
}
declare const stream: Readable;
async function* things() {
  yield { id: "1" };
}
async function* numbers() {
  yield 1;
}

const answers: Output<Downloads>[] = [
  { status: 200, body: { id: "1" } },
  { status: 200, body: stream },
  { status: 200, body: new Blob(["x"]), contentType: "image/png" },
  { status: 200, body: new Response("x").body as ReadableStream, contentType: "image/webp" },
  { status: 200, body: { id: "1" }, contentType: "application/json" },
  { status: 201, body: things() },
  { status: 201, body: [{ id: "1" }] },
  { status: 202, body: things() },
  { status: 203, body: stream },
  { status: 206, body: stream, contentType: "image/png" },
  // @ts-expect-error which image it is
  { status: 206, body: stream },
  // @ts-expect-error a media type that is not documented
  { status: 200, body: stream, contentType: "text/plain" },
  // @ts-expect-error bytes for JSON
  { status: 200, body: stream, contentType: "application/json" },
  // @ts-expect-error an object for bytes
  { status: 200, body: { id: "1" }, contentType: "image/png" },
  // @ts-expect-error items of another type
  { status: 201, body: numbers() },
  // @ts-expect-error items of another type
  { status: 202, body: numbers() },
];
void answers;
