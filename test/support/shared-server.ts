import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { afterFile } from "./after-file.ts";
import { emptyDatabase } from "./empty-database.ts";
import { startServerIn, type TestServer } from "./server.ts";
import { databaseUrl } from "./test-database.ts";

/** What may be used of a server that is another test's next: its log, its folder and its end are nobody's. */
export type SharedServer = Pick<TestServer, "origin" | "token" | "call">;

interface Started {
  readonly server: TestServer;
  readonly databaseUrl: string;
}

/** By their configuration, those of this test file that no test is using. */
const free = new Map<string, Started[]>();

/**
 * A server with an empty database, as `startServer` gives one, that is this test's until it is finished. It is started
 * once in a test file and emptied for each test: a start costs as much as some fifty requests.
 */
export async function sharedServer(env: Readonly<Record<string, string>> = {}): Promise<SharedServer> {
  const configuration = JSON.stringify(env);
  const others = free.get(configuration) ?? [];
  free.set(configuration, others);
  const mine = others.pop() ?? (await start(env));
  onTestFinished(async () => {
    await emptyDatabase(mine.databaseUrl);
    others.push(mine);
  });
  return mine.server;
}

async function start(env: Readonly<Record<string, string>>): Promise<Started> {
  const folder = await mkdtemp(join(tmpdir(), "server-"));
  const server = await startServerIn(folder, env);
  afterFile(async () => {
    free.clear();
    await server.close();
    await rm(folder, { recursive: true });
  });
  return { server, databaseUrl: await databaseUrl(folder) };
}
