import type { FastifyInstance } from "fastify";

/**
 * Warns once where a proxy tells whom it forwards for and nobody told us to believe it: all its clients then count as
 * one address. Register it where no proxy is trusted.
 */
export function registerForwardedForWarning(app: FastifyInstance): void {
  let isTold = false;
  app.addHook("onRequest", (request, _reply, done) => {
    if (!isTold && request.headers["x-forwarded-for"] !== undefined) {
      isTold = true;
      request.log.warn(
        { address: request.ip },
        "X-Forwarded-For is not believed, so all clients behind a proxy count as one address: set TRUST_PROXY to the proxy's address",
      );
    }
    done();
  });
}
