import { PassThrough } from "node:stream";
import type { preParsingHookHandler } from "fastify";
import { acceptedEncodings, contentDecoder } from "../openapi/content-encoding.ts";
import { UnsupportedMediaTypeError } from "./errors.ts";

/**
 * Undoes a body's `Content-Encoding` before it is parsed, within the limit that a body has decoded or not.
 * An encoding that is not known is 415.
 */
export const decodeBody: preParsingHookHandler = (request, _reply, payload, done) => {
  const header = request.headers["content-encoding"];
  const decoder = header === undefined ? null : contentDecoder(header);
  if (decoder === null) {
    done(null, payload);
    return;
  }
  if (decoder === undefined) {
    done(
      new UnsupportedMediaTypeError(`The body's Content-Encoding must be one of ${acceptedEncodings}.`, []),
    );
    return;
  }
  let received = 0;
  payload.on("data", (chunk: Buffer) => {
    received += chunk.length;
  });
  payload.on("error", (error: Error) => decoder.destroy(error));
  const decoded = payload.pipe(decoder);
  const told = decoded.pipe(new PassThrough());
  decoded.on("error", () => {
    // RFC 9110 §15.5.16: whether the header shows it or the data itself.
    told.destroy(new UnsupportedMediaTypeError("The body is not encoded as its Content-Encoding says.", []));
  });
  Object.defineProperty(told, "receivedEncodedLength", { get: () => received });
  done(null, told);
};
