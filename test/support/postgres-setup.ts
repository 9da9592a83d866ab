import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestProject } from "vitest/node";
import { type PostgresServer, startPostgres } from "./postgres-server.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Answers with the URL of the run's PostgreSQL. */
    postgresDoor: string;
  }
}

/** Commits need not reach the disk: what is tested with this server is not the strength of its disk. */
const settings = { fsync: "off", full_page_writes: "off" };

/**
 * One PostgreSQL for a whole run of the tests, started for the first that asks for it and stopped at the end;
 * or the one of TEST_DATABASE_URL, whose user may create databases.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let server: Promise<PostgresServer> | undefined;
  const url = async () => {
    if (process.env.TEST_DATABASE_URL) return process.env.TEST_DATABASE_URL;
    server ??= startPostgres(settings);
    return (await server).url;
  };

  const door = createServer((_request, response) => {
    url().then(
      (found) => response.end(found),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  }).listen(0, "127.0.0.1");
  await once(door, "listening");
  project.provide("postgresDoor", `http://127.0.0.1:${(door.address() as AddressInfo).port}`);

  return async () => {
    door.closeAllConnections();
    door.close();
    await (await server?.catch(() => undefined))?.stop();
  };
}
