import { STATUS_CODES } from "node:http";
import type { FastifyError, FastifyInstance } from "fastify";
import { MethodNotAllowedError } from "./errors.ts";

/** What is told of an error: a status, and a sentence that holds no secret. */
export interface ToldError {
  readonly status: number;
  /** The status' reason phrase. */
  readonly title: string;
  readonly detail: string;
}

export interface ErrorAnswers {
  /** @default `application/problem+json` */
  readonly contentType?: string;
  /** The body of an answer. @default Problem Details (RFC 9457) */
  readonly body?: (error: ToldError) => unknown;
}

interface HttpError extends Error {
  readonly statusCode?: number;
  readonly wwwAuthenticate?: string;
}

/**
 * Answers every error of an application in one form, what is nowhere routed included. What nobody foresaw is logged and
 * told as a bare 500.
 */
export function registerErrorAnswers(
  app: FastifyInstance,
  { contentType = "application/problem+json", body = problemDetails }: ErrorAnswers = {},
): void {
  const answer = (status: number, detail: string) =>
    JSON.stringify(body({ status, title: STATUS_CODES[status] ?? "Error", detail }));
  app.setErrorHandler<FastifyError | HttpError>((error, request, reply) => {
    const { statusCode = 500, message } = error;
    const isForeseen = statusCode >= 400 && statusCode < 500;
    if (!isForeseen) request.log.error({ err: error }, "unexpected error");
    if (error instanceof MethodNotAllowedError) reply.header("allow", error.allow.join(", "));
    if ("wwwAuthenticate" in error && error.wwwAuthenticate !== undefined)
      reply.header("www-authenticate", error.wwwAuthenticate);
    const status = isForeseen || statusCode === 501 || statusCode === 503 ? statusCode : 500;
    const detail = status === 500 ? "An unexpected error occurred." : message;
    reply.code(status).type(contentType).send(answer(status, detail));
  });
  app.setNotFoundHandler((_request, reply) => {
    reply.code(404).type(contentType).send(answer(404, "There is nothing at this path."));
  });
}

function problemDetails({ status, title, detail }: ToldError): object {
  return { type: "about:blank", status, title, detail };
}
