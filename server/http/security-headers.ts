import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

/**
 * What OWASP's REST Security Cheat Sheet asks of an API that no browser should render, frame, sniff or cache.
 * Written out here because @fastify/helmet builds its middleware anew for every request.
 */
const securityHeaders = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "strict-transport-security": "max-age=31536000; includeSubDomains",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
} as const;

/** Sends the security headers and the request's id with every answer, those to unknown paths included. */
export function registerSecurityHeaders(app: FastifyInstance): void {
  app.addHook("onRequest", (request, reply, done) => {
    setSecurityHeaders(request, reply);
    done();
  });
}

/** Sets them on one answer: hooks do not run for what Fastify refuses before there is a route. */
export function setSecurityHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.headers(securityHeaders);
  reply.header("x-request-id", request.id);
}
