import type { AddressInfo } from "node:net";
import fastify from "fastify";
import { Pool } from "pg";

/** What a create on PostgreSQL is compared with: a route that inserts what it is sent, once per request, and checks nothing. */
const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
await pool.query("CREATE TABLE plain (user_id text NOT NULL, body json NOT NULL)");
const insert = { name: "insert", text: "INSERT INTO plain (user_id, body) VALUES ($1, $2)" };

const app = fastify();
app.addHook("onClose", () => pool.end());
app.post<{ Params: { id: string } }>(
  "/api/v2/users/:id/authentication-methods",
  async ({ params, body }, reply) => {
    await pool.query({ ...insert, values: [params.id, JSON.stringify(body)] });
    return reply.code(201).send(body);
  },
);
process.once("SIGTERM", () => app.close());
await app.listen({ host: "127.0.0.1", port: 0 });
process.stdout.write(`Listening on http://127.0.0.1:${(app.server.address() as AddressInfo).port}/api/v2\n`);
