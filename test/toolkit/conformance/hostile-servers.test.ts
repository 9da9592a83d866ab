import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { checkConformance } from "../../../toolkit/conformance/index.ts";

const answer = {
  description: "It.",
  content: { "application/json": { schema: { type: "object", required: ["id"] } } },
};
const document = {
  openapi: "3.1.0",
  info: { title: "Two things", version: "1" },
  paths: {
    "/broken": {
      get: {
        operationId: "broken",
        parameters: [{ name: "size", in: "query", schema: { type: "integer", minimum: 1, maximum: 9 } }],
        responses: { 200: answer, 400: { description: "No." } },
      },
    },
    "/sound": { get: { operationId: "sound", responses: { 200: answer } } },
  },
};

const http = (status: string, headers: string[], body: string) =>
  [`HTTP/1.1 ${status}`, ...headers, "connection: close", "", body].join("\r\n");
const json = (body: string) =>
  http("200 OK", ["content-type: application/json", `content-length: ${body.length}`], body);

/** Answers on bare sockets, so that it can do what no HTTP server does. */
async function serve(broken: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("data", (data) => {
      const [, method, path = ""] = /^([A-Z]+) (\S*)/.exec(String(data)) ?? [];
      if (method === "HEAD") return socket.end(http("404 Not Found", [], ""));
      if (path.startsWith("/broken") && method === "GET") return broken(socket);
      if (method !== "GET") return socket.end(http("405 Method Not Allowed", ["allow: GET"], ""));
      return socket.end(json('{"id":1}'));
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test.each<[string, (socket: Socket) => void, string]>([
  ["hangs", () => {}, "no-answer"],
  ["hangs after its headers", (socket) => socket.write(json("{").replace("1\r\n", "9\r\n")), "no-answer"],
  ["closes the connection", (socket) => socket.destroy(), "no-answer"],
  ["breaks off", (socket) => socket.end(json('{"id":1}').slice(0, -3)), "no-answer"],
  [
    "says that less comes than does",
    (socket) => socket.end(`${json('{"id":1}').slice(0, -1)}0000`),
    "malformed-body",
  ],
  [
    "sends chunks that are none",
    (socket) =>
      socket.end(
        http("200 OK", ["content-type: application/json", "transfer-encoding: chunked"], "zz\r\n{}\r\n"),
      ),
    "no-answer",
  ],
  [
    "says that it is compressed",
    (socket) =>
      socket.end(http("200 OK", ["content-type: application/json", "content-encoding: gzip"], '{"id":1}')),
    "no-answer",
  ],
  ["does not speak HTTP", (socket) => socket.end("220 mail.example.com ESMTP\r\n"), "no-answer"],
  [
    "redirects to itself",
    (socket) => socket.end(http("302 Found", ["location: /broken"], "")),
    "undocumented-status",
  ],
  [
    "fails in HTML",
    (socket) => socket.end(http("500 Internal Server Error", ["content-type: text/html"], "<h1>Oops</h1>")),
    "server-error",
  ],
  [
    "answers in HTML",
    (socket) => socket.end(http("200 OK", ["content-type: text/html"], "<p>Hello</p>")),
    "undocumented-media-type",
  ],
  [
    "answers without end",
    (socket) => {
      socket.write(http("200 OK", ["content-type: application/json"], '{"id":"'));
      const more = Buffer.alloc(2 ** 20, "a");
      const write = () => {
        while (!socket.destroyed && socket.write(more));
      };
      socket.on("drain", write);
      write();
    },
    "no-answer",
  ],
])("tells of an operation that %s, and looks at the others", async (_what, broken, check) => {
  const url = await serve(broken);
  const result = await checkConformance(document, url, { maxTime: 300, runs: 3 });
  const found = result.findings.filter(({ operations }) => operations.includes("GET /broken"));
  expect(found.map((finding) => finding.check)).toContain(check);
  expect(result.findings.filter(({ operations }) => operations.includes("GET /sound"))).toEqual([]);
});

test("ends where the server has gone, and says so", async () => {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (data) => {
      if (String(data).startsWith("HEAD")) return socket.end(http("404 Not Found", [], ""));
      server.close();
      return socket.destroy();
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { findings, warnings, requests } = await checkConformance(document, url, { maxTime: 300 });
  expect(new Set(findings.map(({ check }) => check))).toEqual(new Set(["no-answer"]));
  expect(warnings).toEqual([
    `The run ended after ${requests} requests, because the server has gone (ECONNREFUSED): see its log.`,
  ]);
});
