import type { AddressInfo } from "node:net";
import fastify from "fastify";

/** What everything else is compared with: Fastify as it comes, which parses the same JSON and stores nothing. */
const app = fastify();
app.post("/api/v2/users/:id/authentication-methods", (request, reply) => {
  reply.code(201).send(request.body);
});
await app.listen({ host: "127.0.0.1", port: 0 });
process.stdout.write(`Listening on http://127.0.0.1:${(app.server.address() as AddressInfo).port}/api/v2\n`);
