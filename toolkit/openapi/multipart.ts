import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { isJson } from "./media-type.ts";
import { MalformedText } from "./style.ts";

/** What is known of a file in a form before its bytes. */
export interface FileHead {
  /** Without folders; undefined where none was sent. */
  readonly filename: string | undefined;
  readonly mediaType: string;
}

/** Reads a file to its end, as it comes. */
export type ReadFile = (bytes: Readable, head: FileHead) => Promise<unknown>;

/** One part of a multipart/form-data body (RFC 7578): a text, or what became of a file. */
export type Part = { readonly name: string; readonly mediaType: string } & (
  | { readonly text: string }
  | { readonly file: unknown }
);

const unbounded = { fieldNameSize: Infinity, fieldSize: Infinity };

/**
 * Takes a multipart/form-data body apart as it comes. A part with a filename, or neither text nor JSON, is a file.
 *
 * @param contentType the body's `Content-Type`, which names the boundary
 * @throws MalformedText, and whatever reading the body or a file throws
 */
export async function readMultipart(
  body: Readable,
  contentType: string,
  readFile: ReadFile,
): Promise<Part[]> {
  const { Busboy } = await import("@fastify/busboy");
  const parser = (() => {
    try {
      return new Busboy({
        headers: { "content-type": contentType },
        limits: unbounded,
        isPartAFile: (_name, mediaType = "text/plain", filename) =>
          !isJson(mediaType) && (filename !== undefined || !/^text\//i.test(mediaType)),
      });
    } catch {
      throw malformed("its boundary is missing from Content-Type.");
    }
  })();
  const parts: Promise<Part>[] = [];
  const files: Readable[] = [];
  let isParserFault: boolean | undefined;
  const add = (name: string | undefined, part: Promise<Part>) => {
    const number = parts.length + 1;
    if (name === undefined) {
      isParserFault = false;
      parser.destroy(
        malformed(`part ${number} has no name: give it a Content-Disposition: form-data; name="…".`),
      );
    }
    // A file that cannot be kept is not waited for.
    part.catch((error: Error) => {
      isParserFault ??= false;
      parser.destroy(error);
    });
    parts.push(part);
  };
  parser.on("field", (name, text, _nameTruncated, _valueTruncated, _encoding, mediaType) =>
    add(name, Promise.resolve({ name, mediaType, text })),
  );
  parser.on("file", (name, bytes, filename, _encoding, mediaType) => {
    files.push(bytes);
    add(
      name,
      readFile(bytes, { filename, mediaType }).then((file) => ({ name, mediaType, file })),
    );
  });
  body.once("error", () => {
    isParserFault ??= false;
  });
  parser.once("error", () => {
    isParserFault ??= true;
  });
  try {
    await pipeline(body, parser);
  } catch (error) {
    // Whoever reads a file would wait for the rest of it.
    for (const file of files) file.destroy(error as Error);
    await Promise.allSettled(parts);
    throw isParserFault === true ? malformed("the last boundary is missing from the body.") : error;
  }
  return Promise.all(parts);
}

function malformed(reason: string): MalformedText {
  return new MalformedText("multipart", `is no multipart/form-data: ${reason}`);
}
