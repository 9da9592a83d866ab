import type { FastifyInstance } from "fastify";

/** Tells at `/version` what runs: the package's version, and the contract's. */
export function registerVersion(
  app: FastifyInstance,
  versions: { readonly version: string; readonly contract: string },
): void {
  app.get("/version", (_request, reply) => {
    reply.send(versions);
  });
}
