import { InvalidRequestError, MethodNotAllowedError } from "contract-first/fastify";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { StoreFullError, StoreUnavailableError } from "../store/errors.ts";
import { errorEnvelope } from "./error-envelope.ts";
import { noteRefusal, registerRefusalNotes } from "./refusal.ts";
import { setSecurityHeaders } from "./security-headers.ts";
import type { StoreLog } from "./store-log.ts";
import { describeInvalidRequest } from "./violation-message.ts";

/** What a thrown error may tell about its answer; our own error classes and Fastify's do. */
interface HttpError extends Error {
  readonly statusCode?: number;
  readonly errorCode?: string;
  readonly wwwAuthenticate?: string;
  readonly retryAfter?: number;
}

/** Error codes of refusals that come from Fastify or the contract's bridge, which know none. */
const errorCodes: Readonly<Record<number, string>> = {
  400: "invalid_body",
  404: "not_found",
  405: "method_not_allowed",
  413: "content_too_large",
  414: "uri_too_long",
  415: "unsupported_media_type",
  503: "service_unavailable",
};

const retryAfterSeconds = 1;

/** Answers every error in the contract's envelope. What we did not foresee is logged and told as a bare 500. */
export function registerErrorHandler(app: FastifyInstance, storeLog: StoreLog): void {
  registerRefusalNotes(app);
  app.setErrorHandler<FastifyError | HttpError>((error, request, reply) => {
    if (error instanceof InvalidRequestError) {
      const params = request.params as Readonly<Record<string, string>>;
      const { message, errorCode } = describeInvalidRequest(error, (name) => params[name]);
      noteRefusal(request, { errorCode, reason: describeInvalidRequest(error, () => undefined).message });
      return send(reply, 400, message, errorCode);
    }
    if (error instanceof StoreUnavailableError) {
      storeLog.lost(error);
      reply.header("retry-after", retryAfterSeconds);
      return send(reply, 503, "The database cannot be reached; try again later.", "service_unavailable");
    }
    if (error instanceof StoreFullError) {
      request.log.error({ err: error }, "the store is full");
      const message = "There is no room left to store this; what is kept can still be read.";
      return send(reply, 507, message, "insufficient_storage");
    }
    const { statusCode = 500, message } = error;
    if (statusCode >= 500 && statusCode !== 503) {
      request.log.error({ err: error }, "unexpected error");
      return send(reply, 500, "An unexpected error occurred.", "internal_server_error");
    }
    return sendHttpError(error, statusCode, message, request, reply);
  });

  app.setNotFoundHandler((_request, reply) =>
    send(reply, 404, "There is nothing at this path.", "not_found"),
  );
}

/** Answers what goes wrong before there is a route, such as a path with broken percent-encoding. */
export function sendFrameworkError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  setSecurityHeaders(request, reply);
  const statusCode = error.statusCode ?? 400;
  send(reply, statusCode, error.message, statusCode === 400 ? "invalid_uri" : errorCodes[statusCode]);
}

function sendHttpError(
  error: HttpError,
  statusCode: number,
  message: string,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (error.wwwAuthenticate !== undefined) reply.header("www-authenticate", error.wwwAuthenticate);
  if (error.retryAfter !== undefined) reply.header("retry-after", error.retryAfter);
  if (error instanceof MethodNotAllowedError) reply.header("allow", error.allow.join(", "));
  if (statusCode === 401) return send(reply, statusCode, message);
  if (statusCode === 413) {
    const limit = request.routeOptions.bodyLimit;
    return send(reply, statusCode, `The body is larger than ${limit} bytes.`, errorCodes[413]);
  }
  return send(reply, statusCode, message, error.errorCode ?? errorCodes[statusCode]);
}

function send(reply: FastifyReply, statusCode: number, message: string, errorCode?: string): FastifyReply {
  noteRefusal(reply.request, { errorCode, reason: message });
  return reply
    .code(statusCode)
    .type("application/json; charset=utf-8")
    .send(JSON.stringify(errorEnvelope(statusCode, message, errorCode)));
}
