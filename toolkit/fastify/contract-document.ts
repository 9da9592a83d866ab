import type { FastifyInstance } from "fastify";

/** Serves the contract itself at `/openapi.json`, for tools to read. */
export function registerContractDocument(app: FastifyInstance, document: object): void {
  const json = JSON.stringify(document);
  app.get("/openapi.json", (_request, reply) => {
    reply.type("application/json; charset=utf-8").send(json);
  });
}
