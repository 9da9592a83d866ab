import type { FastifyInstance } from "fastify";
import type { DevelopmentIssuer } from "../security/development-issuer.ts";

/** Publishes the development issuer's public key where OpenID Connect Discovery 1.0 looks for it. */
export function registerDevelopmentIssuer(app: FastifyInstance, { issuer, jwks }: DevelopmentIssuer): void {
  app.get("/.well-known/jwks.json", (_request, reply) => {
    reply.send(jwks);
  });
  app.get("/.well-known/openid-configuration", (_request, reply) => {
    reply.send({ issuer, jwks_uri: new URL(".well-known/jwks.json", issuer).href });
  });
}
