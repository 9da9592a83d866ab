import { Readable } from "node:stream";
import Fastify, { type FastifyReply, type FastifyRequest } from "fastify";
import openapiGlue from "fastify-openapi-glue";
import { afterAll, describe, expect, test } from "vitest";
import { glueHandlers } from "../../../toolkit/fastify/glue-handler.ts";
import { serve, start } from "./serve.ts";

const thing = {
  type: "object",
  required: ["id"],
  properties: { id: { type: "integer" }, name: { type: "string" }, tag: { type: "string" } },
};
const content = { "application/json": { schema: thing } };
const answers = (status: number, more: object = { content }) => ({
  responses: { [status]: { description: "ok", ...more } },
});
const id = { name: "id", in: "path", required: true, schema: { type: "integer" } };
const contract = {
  openapi: "3.0.3",
  info: { title: "Things", version: "1" },
  paths: {
    "/things": {
      post: {
        operationId: "createThing",
        requestBody: { required: true, content },
        ...answers(201, { content, headers: { Location: { required: true, schema: { type: "string" } } } }),
      },
    },
    "/things/{id}": {
      get: {
        operationId: "getThing",
        parameters: [id, { name: "tag", in: "query", schema: { type: "string", default: "none" } }],
        ...answers(200),
      },
      delete: { operationId: "deleteThing", parameters: [id], ...answers(204, {}) },
    },
    "/later": { get: { operationId: "answerLater", ...answers(200) } },
    "/stream": { get: { operationId: "sendStream", ...answers(200, { content: { "image/png": {} } }) } },
    "/text": { get: { operationId: "sendText", ...answers(200, { content: { "text/plain": {} } }) } },
    "/written": { get: { operationId: "sendWritten", ...answers(200) } },
    "/failing": { get: { operationId: "fail", ...answers(200) } },
    "/thrown": { get: { operationId: "throwAtOnce", ...answers(200) } },
    "/sent-error": { get: { operationId: "sendError", ...answers(200) } },
    "/wrong": { get: { operationId: "answerWrong", ...answers(200) } },
    "/undocumented": { get: { operationId: "answerUndocumented", ...answers(200) } },
  },
};

/** As people have them: nothing in it knows of this package. */
class Service {
  readonly #things = new Map([[1, { id: 1, name: "first" }]]);
  find(wanted: number) {
    const found = this.#things.get(wanted);
    if (found === undefined) throw Object.assign(new Error("unknown"), { statusCode: 404 });
    return found;
  }
  async createThing(request: FastifyRequest, reply: FastifyReply) {
    reply.code(201).header("location", "/things/7");
    return request.body;
  }
  async getThing(request: FastifyRequest) {
    const { id: wanted } = request.params as { id: number };
    return { ...this.find(wanted), tag: (request.query as { tag: string }).tag };
  }
  async deleteThing(_request: FastifyRequest, reply: FastifyReply) {
    reply.code(204);
  }
  answerLater(_request: FastifyRequest, reply: FastifyReply) {
    setImmediate(() => reply.send({ id: 2 }));
  }
  async sendStream(_request: FastifyRequest, reply: FastifyReply) {
    reply.type("image/png");
    return reply.send(Readable.from([Buffer.from("PNG")]));
  }
  async sendText() {
    return "text";
  }
  async sendWritten(_request: FastifyRequest, reply: FastifyReply) {
    reply.type("application/json").send('{"id":3}');
    return reply;
  }
  async fail() {
    throw Object.assign(new Error("failed"), { statusCode: 418 });
  }
  throwAtOnce() {
    throw new Error("at once");
  }
  async sendError(_request: FastifyRequest, reply: FastifyReply) {
    await reply.code(409).send(Object.assign(new Error("sent"), { statusCode: 409 }));
  }
  async answerWrong() {
    return { name: "without an id" };
  }
  async answerUndocumented(_request: FastifyRequest, reply: FastifyReply) {
    return reply.code(202).send({ id: 1 });
  }
}

const bridge = await start(contract, { handlers: glueHandlers(new Service()) as never });
const glue = Fastify();
await glue.register(openapiGlue, { specification: contract, serviceHandlers: new Service() });
const url = await glue.listen({ port: 0, host: "127.0.0.1" });
afterAll(() => Promise.all([bridge.app.close(), glue.close()]));

describe("a service of fastify-openapi-glue, unchanged,", () => {
  test.each([
    ["POST", "/things", { id: 7 }],
    ["GET", "/things/1"],
    ["GET", "/things/1?tag=x"],
    ["DELETE", "/things/1"],
    ["GET", "/later"],
    ["GET", "/stream"],
    ["GET", "/text"],
    ["GET", "/written"],
    ["HEAD", "/things/1"],
  ])("answers %s %s as it did", async (method, path, body?: object) => {
    const asked = {
      method,
      ...(body && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    };
    const [before, now] = await Promise.all([url, bridge.url].map((base) => fetch(base + path, asked)));
    const { "content-type": type, "content-length": length } = Object.fromEntries(before?.headers ?? []);
    expect(now?.status).toBe(before?.status);
    expect(Object.fromEntries(now?.headers ?? [])).toMatchObject({
      ...(length !== undefined && { "content-length": length }),
      ...(type !== undefined && { "content-type": type }),
    });
    expect(await now?.text()).toBe(await before?.text());
  });

  test("refuses what it should have refused before", async () => {
    expect((await bridge.send("GET", "/things/x")).status).toBe(400);
    expect((await bridge.send("GET", "/things/1?other=1")).status).toBe(400);
    expect((await bridge.send("POST", "/things", { json: {} })).status).toBe(400);
  });

  test("fails as it did", async () => {
    expect(await bridge.send("GET", "/things/9")).toMatchObject({
      status: 404,
      body: { message: "unknown" },
    });
    expect(await bridge.send("GET", "/failing")).toMatchObject({ status: 418, body: { message: "failed" } });
    expect(await bridge.send("GET", "/thrown")).toMatchObject({ status: 500, body: { message: "at once" } });
    expect(await bridge.send("GET", "/sent-error")).toMatchObject({ status: 409, body: { message: "sent" } });
  });

  test("is held to its contract", async () => {
    const wrong = await bridge.send("GET", "/wrong");
    expect(wrong).toMatchObject({ status: 500, body: { message: expect.stringContaining("property: id") } });
    expect((await bridge.send("GET", "/undocumented")).body.message).toContain("202 is not documented");
  });

  test("is replaced handler by handler", async () => {
    const { send } = await serve(contract, {
      handlers: {
        ...(glueHandlers(new Service()) as object),
        getThing: ({ params }) => ({ status: 200, body: { id: params.id, name: "typed" } }),
      },
    });
    expect((await send("GET", "/things/5")).body).toEqual({ id: 5, name: "typed" });
    expect((await send("GET", "/later")).body).toEqual({ id: 2 });
  });
});

test("an operation without an operationId has its handler by method and path", async () => {
  const { send } = await serve(
    { openapi: "3.1.0", paths: { "/things/{id}": { get: { parameters: [id], ...answers(200) } } } },
    { handlers: { "GET /things/{id}": ({ params }) => ({ status: 200, body: { id: params.id } }) } },
  );
  expect((await send("GET", "/things/4")).body).toEqual({ id: 4 });
});
