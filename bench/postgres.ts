import { startPostgres } from "../test/support/postgres-server.ts";

/** The table of `run.ts` on a PostgreSQL of its own, which is as durable as it comes. */
const server = await startPostgres();
try {
  process.env.BENCH_DATABASE_URL = server.url;
  await import("./run.ts");
} finally {
  await server.stop();
}
