// Run by memory.test.ts in a process of its own, which alone can collect its garbage: calls a server as often as it
// is told, and prints how many signals are alive afterwards.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import { queryObjects } from "node:v8";
import { createClient } from "../../../toolkit/client/index.ts";
import type { paths } from "./things.ts";

const calls = Number(process.argv[2]);
const server = createServer((_request, response) => {
  response.writeHead(200, { "content-type": "application/json" }).end('{"items":[]}');
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

async function aliveAfter(options: { signal?: AbortSignal }): Promise<number> {
  const client = createClient<paths>({ baseUrl, token: async () => "abc" });
  for (let n = 0; n < calls; n += 50)
    await Promise.all(Array.from({ length: 50 }, () => client.GET("/things", options)));
  // Finalizers, which let go of signals, run in later turns.
  for (let n = 0; n < 5; n++) {
    globalThis.gc?.();
    await setTimeout(10);
  }
  return queryObjects(AbortSignal, { format: "count" }) as unknown as number;
}

const own = await aliveAfter({});
const shared = await aliveAfter({ signal: new AbortController().signal });
process.stdout.write(JSON.stringify({ own, shared }));
server.closeAllConnections();
server.close();
