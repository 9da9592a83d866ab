import type { FastifyInstance, RouteOptions } from "fastify";
import openapiGlue from "fastify-openapi-glue";
import type { Operation } from "../openapi/operation.ts";

/**
 * Adds the operations' routes through fastify-openapi-glue. It is given paths, methods and operationIds only: what it
 * would make of the rest (schemas for Fastify's own Ajv, security in `preHandler`) is done by the routes themselves.
 * @param routes the hooks and the handler of each operation, by operationId
 */
export async function addRoutes(
  scope: FastifyInstance,
  routePaths: ReadonlyMap<Operation, string>,
  routes: ReadonlyMap<string, Partial<RouteOptions>>,
  prefix: string,
): Promise<void> {
  const paths: Record<string, Record<string, object>> = {};
  for (const [{ id, method }, template] of routePaths) {
    paths[template] ??= {};
    paths[template][method] = { operationId: id, responses: { default: { description: "" } } };
  }
  await scope.register(openapiGlue, {
    specification: { openapi: "3.1.0", info: { title: "Routes", version: "1" }, paths },
    operationResolver: (id) => routes.get(id) as RouteOptions,
    prefix,
  });
}
