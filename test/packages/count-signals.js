// Run by client.test.ts beside the packed client, on older versions of Node.js: calls a server as often as it is told,
// and prints how many signals are alive afterwards.
import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import { queryObjects } from "node:v8";
import { createClient } from "authentication-methods-client";

const server = createServer((_request, response) => {
  response.writeHead(200, { "content-type": "application/json" }).end('{"user_id":"auth0|1"}');
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const client = createClient({
  baseUrl: `http://127.0.0.1:${server.address().port}`,
  token: async () => "abc",
});
const call = () => client.GET("/users/{id}", { params: { path: { id: "auth0|1" } } });

for (let n = 0; n < Number(process.argv[2]); n += 50) await Promise.all(Array.from({ length: 50 }, call));
// Finalizers, which let go of signals, run in later turns.
for (let n = 0; n < 5; n++) {
  globalThis.gc();
  await setTimeout(10);
}
process.stdout.write(String(queryObjects(AbortSignal, { format: "count" })));
server.closeAllConnections();
server.close();
