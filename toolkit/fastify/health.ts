import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import { type Drain, registerDrain } from "./drain.ts";
import { addOwnRoute } from "./own-route.ts";

/** How long what was found is answered again, so that no number of probes asks the database more often. */
const memoryMilliseconds = 500;

/**
 * `/health/live` (the process answers) and `/health/ready` (a request could be served), as orchestrators ask. That it
 * is not ready any more, or again, is logged once. While the server drains it is not ready, so that nobody sends it new
 * requests; those that come are served.
 *
 * @param ready rejects while requests could not be served
 */
export function registerHealth(
  app: FastifyInstance,
  {
    ready = async () => undefined,
    drain = registerDrain(app),
  }: { readonly ready?: () => Promise<void>; readonly drain?: Drain } = {},
): void {
  const check = remembering(loggingChanges(ready, app.log));

  addOwnRoute(app, "/health/live", (_request, reply) => {
    reply.send({ status: "live" });
  });

  addOwnRoute(app, "/health/ready", async (_request, reply) => {
    if (!drain.hasBegun && (await check())) return { status: "ready" };
    return reply.code(503).send({ status: drain.hasBegun ? "draining" : "unavailable" });
  });
}

function loggingChanges(ready: () => Promise<void>, log: FastifyBaseLogger): () => Promise<boolean> {
  let wasReady = true;
  return async () => {
    try {
      await ready();
      if (!wasReady) log.info("ready again");
      wasReady = true;
    } catch (error) {
      if (wasReady) log.warn({ err: error }, "not ready");
      wasReady = false;
    }
    return wasReady;
  };
}

/** Probes that come while one is being answered share its answer. */
function remembering(check: () => Promise<boolean>): () => Promise<boolean> {
  let answer: Promise<boolean> | undefined;
  let answeredAt = Number.POSITIVE_INFINITY;
  return () => {
    if (answer === undefined || performance.now() - answeredAt >= memoryMilliseconds) {
      answeredAt = Number.POSITIVE_INFINITY;
      answer = check().finally(() => {
        answeredAt = performance.now();
      });
    }
    return answer;
  };
}
