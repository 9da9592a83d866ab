import type { FastifyInstance, RouteOptions } from "fastify";
import openapiGlue from "fastify-openapi-glue";
import type { Operation } from "../openapi/operation.ts";

/** An operation's route. */
export interface Route {
  readonly operation: Operation;
  /** The path template as `routePath` gives it. */
  readonly path: string;
  /** Its hooks and its handler. */
  readonly route: Partial<RouteOptions>;
}

/** Methods that fastify-openapi-glue knows; OpenAPI 3.2 has more. */
const glued = new Set(["get", "put", "post", "delete", "options", "head", "patch"]);

/**
 * Adds the operations' routes through fastify-openapi-glue. It is given paths, methods and operationIds only: what it
 * would make of the rest (schemas for Fastify's own Ajv, security in `preHandler`) is done by the routes themselves.
 */
export async function addRoutes(
  scope: FastifyInstance,
  routes: readonly Route[],
  prefix: string,
): Promise<void> {
  const paths: Record<string, Record<string, object>> = {};
  const byId = new Map<string, Partial<RouteOptions>>();
  const others: Route[] = [];
  const taken = new Set<string>();
  for (const one of routes) {
    const { operation, path, route } = one;
    const { id, method } = operation;
    const shape = `${method} ${path.replaceAll(/\{\w+\}/g, "{}")}`;
    // The second of two that match the same requests has been told of.
    if (taken.has(shape)) continue;
    taken.add(shape);
    byId.set(id, route);
    if (!glued.has(method)) {
      others.push(one);
      continue;
    }
    paths[path] ??= {};
    paths[path][method] = { operationId: id, responses: { default: { description: "" } } };
  }
  await scope.register(openapiGlue, {
    specification: { openapi: "3.1.0", info: { title: "Routes", version: "1" }, paths },
    operationResolver: (id) => byId.get(id) as RouteOptions,
    prefix,
  });
  if (others.length > 0) await scope.register(async (further) => addOthers(further, others), { prefix });
}

/** QUERY and `additionalOperations` of OpenAPI 3.2. */
function addOthers(scope: FastifyInstance, routes: readonly Route[]): void {
  for (const { operation, path, route } of routes) {
    const method = operation.method.toUpperCase();
    if (!scope.supportedMethods.includes(method)) scope.addHttpMethod(method, { hasBody: true });
    scope.route({ ...(route as RouteOptions), method, url: path.replaceAll(/\{(\w+)\}/g, ":$1") });
  }
}
