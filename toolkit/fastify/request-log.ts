import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import fastify, { type FastifyReply, type FastifyRequest } from "fastify";

/** Fastify's `genReqId`: takes over the caller's request id where it is a harmless one, so that logs can be followed across services. */
export function requestId(request: IncomingMessage): string {
  const given = request.headers["x-request-id"];
  return typeof given === "string" && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID();
}

/**
 * Fastify's `logController`: one line for each request, by route and never by URL, since a URL holds ids, which may be
 * personal data, and at times keys. Health checks, which come every few seconds, are for debugging only.
 */
export class RequestLog extends fastify.LogController {
  readonly #explain: (request: FastifyRequest) => object;

  /** @param explain what the line of a refused request tells besides, such as the reason */
  constructor(explain: (request: FastifyRequest) => object = () => ({})) {
    super();
    this.#explain = explain;
  }

  override incomingRequest(): void {}

  override requestCompleted(
    error: Error | null | undefined,
    request: FastifyRequest,
    reply: FastifyReply,
  ): void {
    const line = {
      method: request.method,
      route: request.routeOptions.url ?? "unknown",
      statusCode: reply.statusCode,
      milliseconds: Math.round(reply.elapsedTime * 10) / 10,
      ...(reply.statusCode >= 400 && this.#explain(request)),
    };
    if (error) request.log.warn({ ...line, err: error }, "request aborted");
    else if (line.route.startsWith("/health/")) request.log.debug(line, "request");
    else request.log.info(line, "request");
  }
}
