import helmet from "@fastify/helmet";
import type { FastifyInstance } from "fastify";

/** The headers of an API that no browser should render, frame, sniff or cache (OWASP REST Security), and the request's id. */
export async function registerSecurityHeaders(app: FastifyInstance): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    referrerPolicy: { policy: "no-referrer" },
    frameguard: { action: "deny" },
    // These speak of pages, which an API has none of; `nosniff`, HSTS and the policy above do the work.
    crossOriginEmbedderPolicy: false,
    crossOriginOpenerPolicy: false,
    crossOriginResourcePolicy: false,
    dnsPrefetchControl: false,
    ieNoOpen: false,
    originAgentCluster: false,
    permittedCrossDomainPolicies: false,
    xssFilter: false,
  });
  app.addHook("onRequest", (request, reply, done) => {
    reply.header("cache-control", "no-store");
    reply.header("x-request-id", request.id);
    done();
  });
}
