import type { FastifyInstance, RouteHandlerMethod } from "fastify";

/** Adds a route beside those of the contract, whose own it leaves alone: put what may meet one behind `registerContract`. */
export function addOwnRoute(app: FastifyInstance, url: string, handler: RouteHandlerMethod): void {
  if (!app.hasRoute({ method: "GET", url })) app.get(url, handler);
}
