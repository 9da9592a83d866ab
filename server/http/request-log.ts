import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import fastify, { type FastifyReply, type FastifyRequest } from "fastify";
import { principalOf } from "../security/principal.ts";
import { refusalOf } from "./refusal.ts";

/** Takes over the caller's request id where it is a harmless one, so that logs can be followed across services. */
export function requestId(request: IncomingMessage): string {
  const given = request.headers["x-request-id"];
  return typeof given === "string" && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID();
}

/**
 * One line for each request, by route and never by URL: a URL holds users' ids, which are personal data. A refused one
 * says why, and whose token it came with. Health checks, which come every few seconds, are for debugging only.
 */
export class RequestLog extends fastify.LogController {
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
      ...(reply.statusCode >= 400 && explain(request)),
    };
    if (error) request.log.warn({ ...line, err: error }, "request aborted");
    else if (line.route.startsWith("/health/")) request.log.debug(line, "request");
    else request.log.info(line, "request");
  }
}

function explain(request: FastifyRequest): object {
  const principal = principalOf(request);
  return { ...refusalOf(request), subject: principal?.subject, clientId: principal?.clientId };
}
