import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { created, listed } from "../bridge/answers.ts";

/** What clients call here: Node's own server, which answers what never changes. */
const answers = { GET: [200, JSON.stringify(listed)], POST: [201, JSON.stringify(created)] } as const;

const server = createServer((request, response) => {
  const [status, body] = answers[request.method === "POST" ? "POST" : "GET"];
  request.resume().once("end", () => {
    response.writeHead(status, {
      "content-type": "application/json; charset=utf-8",
      "content-length": Buffer.byteLength(body),
    });
    response.end(body);
  });
});
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`Listening on http://127.0.0.1:${port}/api/v2\n`);
});
