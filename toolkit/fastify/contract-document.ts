import type { FastifyInstance } from "fastify";
import { addOwnRoute } from "./own-route.ts";

/** Serves the contract itself at `/openapi.json`, for tools to read. */
export function registerContractDocument(app: FastifyInstance, document: object): void {
  const json = JSON.stringify(document);
  addOwnRoute(app, "/openapi.json", (_request, reply) => {
    reply.type("application/json; charset=utf-8").send(json);
  });
}
