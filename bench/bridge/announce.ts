import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";

/** Listens on a free port, and prints what the bench waits for. */
export async function announce(app: FastifyInstance): Promise<void> {
  await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as AddressInfo;
  process.stdout.write(`Listening on http://127.0.0.1:${port}/api/v2\n`);
}
