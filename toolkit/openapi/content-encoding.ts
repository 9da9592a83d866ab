import type { Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";

const decoders: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** The encodings that bodies are read in, as `Accept-Encoding` lists them (RFC 9110 §12.5.3). */
export const acceptedEncodings = "gzip, deflate, br";

/**
 * What undoes a `Content-Encoding` (RFC 9110 §8.4); null where there is none, `undefined` where it is unknown, or
 * several: each further one multiplies what a small body may become.
 */
export function contentDecoder(header: string | undefined): Transform | null | undefined {
  const codings = (header ?? "")
    .toLowerCase()
    .split(",")
    .map((coding) => coding.trim())
    .filter((coding) => coding !== "" && coding !== "identity");
  const [coding] = codings;
  if (coding === undefined) return null;
  return codings.length === 1 && Object.hasOwn(decoders, coding) ? decoders[coding]?.() : undefined;
}
