import { once } from "node:events";
import { createServer as createHttpServer, type IncomingMessage } from "node:http";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { type ConformanceOptions, checkConformance } from "../../../toolkit/conformance/index.ts";

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
      if (path === "/") return socket.end(http("404 Not Found", [], ""));
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
  const result = await checkConformance(document, url, { maxTime: 1_000, runs: 3 });
  const found = result.findings.filter(({ operations }) => operations.includes("GET /broken"));
  expect(found.map((finding) => finding.check)).toContain(check);
  // On a busy machine anything may take its time.
  const others = result.findings.filter(
    (finding) => !found.includes(finding) && finding.check !== "slow-answer",
  );
  expect(others.map(({ message }) => message)).toEqual([]);
});

test("ends where the server has gone, and says so", async () => {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (data) => {
      if (String(data).startsWith("GET / ")) return socket.end(http("404 Not Found", [], ""));
      server.close();
      return socket.destroy();
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { findings, warnings, requests } = await checkConformance(document, url, { maxTime: 2_000 });
  expect(new Set(findings.map(({ check }) => check))).toEqual(new Set(["no-answer"]));
  expect(warnings).toEqual([
    `The run ended after ${requests} requests, because the server has gone (ECONNREFUSED): see its log.`,
  ]);
});

describe("a server of a few lines", () => {
  type Handler = (
    request: IncomingMessage,
    body: string,
  ) => readonly [status: number, body?: unknown, location?: string];

  async function serveHttp(handle: Handler): Promise<string> {
    const server = createHttpServer(async (request, response) => {
      const [status, body, location] = handle(request, Buffer.concat(await request.toArray()).toString());
      const headers = {
        "content-type": "application/json",
        "www-authenticate": "Bearer",
        allow: "POST, GET, HEAD",
        ...(location !== undefined && { location }),
      };
      response.writeHead(status, headers).end(body === undefined ? undefined : JSON.stringify(body));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  const check = async (
    paths: object,
    handle: Handler,
    options: ConformanceOptions = {},
    more: object = {},
  ) => {
    const { findings } = await checkConformance(
      { openapi: "3.1.0", info: { title: "Few lines", version: "1" }, paths, ...more },
      await serveHttp(handle),
      { runs: 5, maxTime: 20_000, ...options },
    );
    return findings.map((finding) => `${finding.check}: ${finding.message}`);
  };
  const responses = {
    204: { description: "Done." },
    400: { description: "No." },
    401: { description: "Who?" },
  };

  test("is asked for each of the alternatives of its credentials", async () => {
    const securitySchemes = {
      bearer: { type: "http", scheme: "bearer" },
      key: { type: "apiKey", in: "header", name: "X-Key" },
    };
    const paths = { "/": { get: { security: [{ bearer: [] }, { key: [] }], responses } } };
    const anyKey: Handler = ({ method, headers }) =>
      method !== "GET"
        ? [405]
        : headers.authorization === "Bearer good" || "x-key" in headers
          ? [204]
          : [401];
    const given = { tokens: ["good"] };
    expect(await check(paths, anyKey, given, { components: { securitySchemes } })).toEqual([
      "ignored-authentication: The credentials for key were made up, and it was accepted with 204.",
    ]);
  });

  test("is held against the document's own formats where the caller says what they are", async () => {
    const schema = {
      type: "object",
      required: ["plate"],
      properties: { plate: { type: "string", format: "plate" } },
    };
    const paths = {
      "/": {
        post: {
          requestBody: {
            required: true,
            content: { "application/json": { schema, example: { plate: "AB123" } } },
          },
          responses,
        },
      },
    };
    const unchecked: Handler = ({ method }, body) => {
      if (method !== "POST") return [405];
      try {
        return [typeof JSON.parse(body).plate === "string" ? 204 : 400];
      } catch {
        return [400];
      }
    };
    const told = (found: string[]) => found.filter((line) => line.includes("format"));
    expect(told(await check(paths, unchecked))).toEqual([]);
    const formats = { plate: /^[A-Z]{2}\d{3}$/ };
    expect(told(await check(paths, unchecked, { formats }))).toEqual([
      expect.stringMatching(/^accepted-forbidden: body \/plate format "plate" is broken/),
    ]);
  });

  test("gets nested values of a form and of a multipart body as their encoding says", async () => {
    const schema = {
      type: "object",
      required: ["name", "tags", "home"],
      additionalProperties: false,
      properties: {
        name: { type: "string", minLength: 1 },
        tags: { type: "array", minItems: 1, items: { type: "string", minLength: 1 } },
        home: { type: "object", required: ["city"], properties: { city: { type: "string", minLength: 1 } } },
        size: { type: "integer", minimum: 1 },
      },
    };
    const content = (type: string) => ({
      requestBody: { required: true, content: { [type]: { schema } } },
      responses,
    });
    const paths = {
      "/form": { post: content("application/x-www-form-urlencoded") },
      "/parts": { post: content("multipart/form-data") },
    };
    const seen: string[] = [];
    await check(paths, ({ method }, body) => {
      if (method === "POST") seen.push(body);
      return [method === "POST" ? 204 : 405];
    });
    expect(seen).toContainEqual(expect.stringMatching(/name=[^&]+&tags=[^&]+&tags=[^&]+&home=%7B%22city%22/));
    expect(seen).toContainEqual(
      expect.stringMatching(/name="home"\r\nContent-Type: application\/json\r\n\r\n\{"city":/),
    );
  });

  test("is found at its URL where it has not the base path of the document", async () => {
    const paths = { "/things": { get: { responses: { 200: { description: "All." } } } } };
    const handle: Handler = ({ method, url }) =>
      method !== "GET" ? [405] : url === "/things" ? [200] : [404];
    expect(await check(paths, handle, {}, { servers: [{ url: "https://api.example.com/v3" }] })).toEqual([]);
  });

  test("may answer HEAD without a body, and is not asked with what fetch cannot send", async () => {
    const answers = { 200: { ...answer } };
    const requestBody = { required: true, content: { "application/json": {} } };
    const paths = {
      "/things": {
        head: { responses: answers },
        trace: { responses: answers },
        get: { requestBody, responses: answers },
      },
    };
    expect(await check(paths, ({ method }) => (method === "HEAD" ? [200] : [405]))).toEqual([]);
  });

  describe("whose answers hold what only looks like an id", () => {
    const id = (name: string, schema: object) => ({ name, in: "path", required: true, schema });
    const done = { description: "Done." };
    const made = { post: { responses: { 201: done } } };
    const list = { get: { responses: { 200: done } } };

    test.each<[string, object, Handler]>([
      [
        "a member of a created thing that the path does not allow",
        {
          "/categories": made,
          "/categories/{section}": {
            get: { parameters: [id("section", { enum: ["guides"] })], responses },
          },
        },
        ({ method, url }) =>
          url === "/categories"
            ? [method === "POST" ? 201 : 405, { section: "guide", name: "Guide" }]
            : [method !== "GET" ? 405 : url === "/categories/guides" ? 204 : 400],
      ],
      [
        "a member of a listed thing that the path does not allow",
        {
          "/images": list,
          "/images/{identifier}": {
            get: { parameters: [id("identifier", { type: "string", pattern: "^[a-f]{4}$" })], responses },
          },
        },
        ({ method, url }) =>
          method !== "GET"
            ? [405]
            : url === "/images"
              ? [200, [{ name: "string" }]]
              : [/^\/images\/[a-f]{4}$/.test(url ?? "") ? 204 : 400],
      ],
      [
        "an id that one of the operations does not allow",
        {
          "/jobs": made,
          "/jobs/{id}": { get: { parameters: [id("id", { type: "string" })], responses } },
          "/jobs/{job}/log": { get: { parameters: [id("job", { enum: ["now"] })], responses } },
        },
        ({ method, url }) =>
          url === "/jobs"
            ? [method === "POST" ? 201 : 405, { id: "later" }]
            : [method !== "GET" ? 405 : url?.endsWith("/log") && url !== "/jobs/now/log" ? 400 : 204],
      ],
      [
        "an id that is another path",
        {
          "/reports": list,
          "/reports/latest": { get: { responses: { 200: done } } },
          "/reports/{id}": { get: { parameters: [id("id", { type: "string" })], responses } },
        },
        ({ method, url }) =>
          method !== "GET"
            ? [405]
            : url === "/reports"
              ? [200, [{ id: "latest" }]]
              : [url === "/reports/latest" ? 200 : 204],
      ],
    ])("is asked for nothing with %s", async (_what, paths, handle) => {
      expect(await check(paths, handle)).toEqual([]);
    });

    test("is told of a Location whose escapes are not UTF-8", async () => {
      const parameters = [id("id", { type: "string", pattern: "^[a-f]+$" })];
      const paths = { "/notes": made, "/notes/{id}": { get: { parameters, responses } } };
      const found = await check(paths, ({ method, url }) =>
        url === "/notes"
          ? [method === "POST" ? 201 : 405, undefined, "/notes/%E0%A4"]
          : [method !== "GET" ? 405 : /^\/notes\/[a-f]+$/.test(url ?? "") ? 204 : 400],
      );
      expect(found).toEqual(["dead-location: Location of what was created is answered with 400."]);
    });

    test("is not asked with an id for half of a segment", async () => {
      const text = { type: "string", pattern: "^[a-z]+$" };
      const paths = {
        "/files": made,
        "/files/{id}": { get: { parameters: [id("id", text)], responses } },
        "/files/{name}.{extension}": {
          get: { parameters: [id("name", text), id("extension", text)], responses },
        },
      };
      const asked: string[] = [];
      await check(paths, ({ method, url = "" }) => {
        asked.push(url);
        return url === "/files" ? [method === "POST" ? 201 : 405, { id: "made" }] : [204];
      });
      expect(asked).toContain("/files/made");
      expect(asked).toContainEqual(expect.stringMatching(/^\/files\/[a-z]+\.[a-z]+$/));
      expect(asked).not.toContainEqual(expect.stringMatching(/^\/files\/made\./));
    });
  });
});
