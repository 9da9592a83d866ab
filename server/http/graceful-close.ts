import type { FastifyInstance } from "fastify";

const intervalMilliseconds = 50;

/** Ends connections as soon as their last request is answered, which would else be kept open for a next one. */
export function registerGracefulClose(app: FastifyInstance): void {
  app.addHook("preClose", (done) => {
    const timer = setInterval(() => app.server.closeIdleConnections(), intervalMilliseconds);
    app.server.once("close", () => clearInterval(timer));
    done();
  });
}
