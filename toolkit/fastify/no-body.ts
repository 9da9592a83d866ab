import { Readable } from "node:stream";
import type { FastifyRequest, preParsingHookHandler } from "fastify";
import { isJsonText } from "../openapi/json-text.ts";
import { UnsupportedMediaTypeError } from "./errors.ts";

/** Room for `null` and some white space: what some clients send where there is no body. */
const longestNothing = 64;
/** Room for what a client sends with a DELETE for form's sake. */
const longestIgnored = 1024;

/** For an operation without a body: lets an empty one and `null` pass, whatever its Content-Type. */
export const refuseBody = readingAway(longestNothing, (body) => ["", "null"].includes(body.trim()));

/** For a DELETE, whose content has no meaning (RFC 9110 §9.3.5): lets a small one pass, too, where it is JSON. */
export const ignoreBody = readingAway(longestIgnored, (body) => body.trim() === "" || isJsonText(body));

function readingAway(longest: number, mayPass: (body: string) => boolean): preParsingHookHandler {
  return (request, _reply, payload, done) => {
    if (!hasBody(request)) {
      done(null, payload);
      return;
    }
    readNothing(request, payload, longest, mayPass).then(
      (nothing) => done(null, nothing),
      (error: Error) => done(error),
    );
  };
}

async function readNothing(
  request: FastifyRequest,
  payload: Readable,
  longest: number,
  mayPass: (body: string) => boolean,
): Promise<Readable> {
  const length = Number(request.headers["content-length"] ?? 0);
  let body = "";
  if (length <= longest) {
    for await (const chunk of payload.iterator({ destroyOnReturn: false })) {
      body += chunk;
      if (body.length > longest) break;
    }
  }
  if (length > longest || body.length > longest || !mayPass(body)) {
    throw new UnsupportedMediaTypeError("This operation takes no body.", []);
  }
  return Object.assign(Readable.from([]), { receivedEncodedLength: length });
}

/** Whether a body follows the head (RFC 9112 §6.3). */
export function hasBody({ headers }: FastifyRequest): boolean {
  const length = headers["content-length"];
  return (length !== undefined && length !== "0") || headers["transfer-encoding"] !== undefined;
}
