import { mediaTypeParameters } from "./media-type.ts";

/** One part of a multipart body (RFC 2046 §5.1, RFC 7578). */
export interface Part {
  /** Undefined where its Content-Disposition names none. */
  readonly name: string | undefined;
  readonly filename: string | undefined;
  /** As it was sent; `text/plain` where nothing was (RFC 7578 §4.4). */
  readonly mediaType: string;
  /** By lower-cased name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A body that is no multipart. The message is a sentence that says what is missing. */
export class MalformedMultipart extends Error {}

/**
 * Takes a multipart body apart.
 *
 * @param contentType the body's `Content-Type`, which names the boundary
 * @throws MalformedMultipart
 */
export function parseMultipart(body: Buffer, contentType: string): Part[] {
  const boundary = mediaTypeParameters(contentType).get("boundary");
  if (boundary === undefined || boundary === "") {
    throw new MalformedMultipart("its boundary is missing from Content-Type.");
  }
  const parts: Part[] = [];
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const bytes = Buffer.concat([Buffer.from("\r\n"), body]);
  let at = bytes.indexOf(delimiter);
  if (at === -1) throw new MalformedMultipart("its boundary is missing from the body.");
  for (;;) {
    const start = at + delimiter.length;
    if (bytes.subarray(start, start + 2).toString() === "--") return parts;
    const end = bytes.indexOf(delimiter, start);
    if (end === -1) throw new MalformedMultipart("the last boundary is missing from the body.");
    parts.push(readPart(bytes.subarray(bytes.indexOf("\r\n", start) + 2, end)));
    at = end;
  }
}

function readPart(bytes: Buffer): Part {
  const isBare = bytes.subarray(0, 2).toString() === "\r\n";
  const end = isBare ? 0 : bytes.indexOf("\r\n\r\n");
  const head = end === -1 ? "" : bytes.subarray(0, end).toString();
  const headers = Object.fromEntries(
    head.split("\r\n").flatMap((line) => {
      const colon = line.indexOf(":");
      return colon === -1 ? [] : [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]];
    }),
  );
  const disposition = mediaTypeParameters(headers["content-disposition"] ?? "");
  return {
    name: disposition.get("name"),
    filename: disposition.get("filename"),
    mediaType: headers["content-type"] ?? "text/plain",
    headers,
    body: end === -1 ? bytes : bytes.subarray(end + (isBare ? 2 : 4)),
  };
}
