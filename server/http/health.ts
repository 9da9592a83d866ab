import type { FastifyInstance } from "fastify";

/**
 * `/health/live` (the process answers) and `/health/ready` (a request could be served), as orchestrators ask.
 *
 * @param ready rejects while requests could not be served
 */
export function registerHealth(app: FastifyInstance, ready: () => Promise<void>): void {
  app.get("/health/live", (_request, reply) => {
    reply.send({ status: "live" });
  });

  app.get("/health/ready", async (request, reply) => {
    try {
      await ready();
      return { status: "ready" };
    } catch (error) {
      request.log.warn({ err: error }, "not ready");
      return reply.code(503).send({ status: "unavailable" });
    }
  });
}
