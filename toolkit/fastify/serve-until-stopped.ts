import type { FastifyInstance } from "fastify";
import { trackConnections } from "./graceful-close.ts";

/**
 * Listens until SIGTERM or SIGINT, then answers the requests that have come and ends.
 *
 * @returns the address that it listens on
 */
export async function serveUntilStopped(
  app: FastifyInstance,
  { host = "127.0.0.1", port = 8080 }: { readonly host?: string; readonly port?: number } = {},
): Promise<string> {
  const closeGracefully = trackConnections(app.server);
  app.addHook("preClose", (done) => {
    closeGracefully();
    done();
  });
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void app.close());
  return app.listen({ host, port });
}
