import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { NetworkError, TimeoutError, UnexpectedResponseError } from "../../../toolkit/client/index.ts";
import { exchangeOf } from "../../../toolkit/fastify/exchange.ts";
import { operationTypes, typedDocument } from "../../../toolkit/init/operation-types.ts";
import { ContractSetupError, type Exchange, readDocument } from "../../../toolkit/openapi/index.ts";
import {
  createWebhooks,
  InvalidMessageError,
  UndocumentedAnswerError,
  type WebhookOptions,
} from "../../../toolkit/webhooks/index.ts";
import { start } from "../fastify/serve.ts";

const thing = {
  type: "object",
  required: ["id"],
  additionalProperties: false,
  properties: { id: { type: "integer" }, at: { type: "string", format: "date-time" } },
};
const json = (schema: object) => ({ "application/json": { schema } });
const sent = (more: object = {}) => ({
  requestBody: { required: true, content: json(thing) },
  responses: { 204: { description: "taken" } },
  ...more,
});
const contract = {
  openapi: "3.1.0",
  info: { title: "Webhooks", version: "1" },
  webhooks: {
    newThing: {
      post: sent({
        parameters: [
          { name: "X-Kind", in: "header", required: true, schema: { enum: ["new", "old"] } },
          { name: "page", in: "query", schema: { type: "integer", minimum: 1 } },
        ],
        responses: {
          200: { description: "told", content: json({ type: "object", required: ["ok"] }) },
          202: { description: "later" },
          "4XX": { description: "refused", content: json({ type: "object", required: ["reason"] }) },
        },
      }),
    },
    gone: { delete: { operationId: "thingGone", responses: { default: { description: "whatever" } } } },
  },
  paths: {
    "/things/{thing}": {
      post: {
        operationId: "subscribe",
        parameters: [
          { name: "thing", in: "path", required: true, schema: { type: "string" } },
          { name: "host", in: "query", schema: { type: "string" } },
          { name: "X-Port", in: "header", schema: { type: "integer" } },
        ],
        requestBody: {
          required: true,
          content: json({
            type: "object",
            properties: { urls: { type: "array", items: { type: "string" } } },
          }),
        },
        responses: {
          201: {
            description: "subscribed",
            headers: { Location: { schema: { type: "string" } } },
            content: json({ type: "object" }),
          },
        },
        callbacks: {
          onEvent: { "{$request.body#/urls/0}": { post: sent({ operationId: "onEvent" }) } },
          parts: {
            "http://{$request.query.host}:{$request.header.x-port}/{$request.path.thing}?s={$statusCode}&m={$method}&l={$response.header.location}&n={$response.body#/n}":
              { put: sent() },
          },
          whole: { $ref: "#/components/callbacks/Whole" },
        },
      },
    },
  },
  components: {
    callbacks: { Whole: { "$request.query.host": { post: sent(), put: sent() } } },
  },
};

interface Delivery {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingHttpHeaders;
  body: string;
}
const deliveries: Delivery[] = [];
let answer: (response: ServerResponse) => unknown;
const receiver = createServer(async (request, response) => {
  const { method, url, headers } = request;
  deliveries.push({ method, url, headers, body: await text(request) });
  answer(response);
});
receiver.listen(0, "127.0.0.1");
await once(receiver, "listening");
const at = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
afterAll(() => {
  receiver.closeAllConnections();
  receiver.close();
});
beforeEach(() => {
  deliveries.length = 0;
  answer = (response) => response.writeHead(204).end();
});
const answerJson = (status: number, body: unknown) => (response: ServerResponse) =>
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));

/** The contract has no generated types. */
interface Untyped {
  send(id: string, message: object): Promise<{ status: number; body: unknown }>;
  urlOf(id: string, exchange: Exchange): string;
}
const create = async (more: Partial<WebhookOptions> = {}): Promise<Untyped> =>
  (await createWebhooks<Record<string, never>>({ document: contract, ...more })) as Untyped;
const webhooks = await create();
const headers = { "X-Kind": "new" };

describe("a webhook", () => {
  test("arrives as the contract says, and its documented answer comes back", async () => {
    answer = answerJson(200, { ok: true });
    const born = new Date("2026-01-01T00:00:00Z");
    const told = await webhooks.send("POST newThing", {
      url: `${at}/hook?token=1`,
      headers,
      query: { page: 2 },
      body: { id: 1, at: born },
    });
    expect(told).toMatchObject({ status: 200, body: { ok: true } });
    expect(deliveries).toMatchObject([
      {
        method: "POST",
        url: "/hook?token=1&page=2",
        headers: { "content-type": "application/json", "x-kind": "new" },
        body: '{"id":1,"at":"2026-01-01T00:00:00.000Z"}',
      },
    ]);
  });

  test("without a body has none, and answers that document no content may have some", async () => {
    answer = (response) => response.writeHead(200, { "content-type": "text/plain" }).end("OK");
    expect(await webhooks.send("thingGone", { url: at })).toMatchObject({ status: 200, body: undefined });
    expect(deliveries).toMatchObject([{ method: "DELETE", body: "" }]);
  });

  test("a documented refusal is an answer like others", async () => {
    answer = answerJson(422, { reason: "no" });
    const message = { url: at, headers, body: { id: 1 } };
    expect(await webhooks.send("POST newThing", message)).toMatchObject({
      status: 422,
      body: { reason: "no" },
    });
  });

  test.each([
    [{ headers, body: { id: "x" } }, "The property 'id' must be of type integer"],
    [{ headers, body: { id: 1, secret: "x" } }, "Unknown property: secret"],
    [{ headers }, "its body is missing"],
    [{ body: { id: 1 } }, "Missing required header"],
    [{ headers: { "x-kind": "other" }, body: { id: 1 } }, "must be one of"],
    [{ headers, query: { page: 0 }, body: { id: 1 } }, "must be >= 1"],
  ])("%j is not sent", async (message, reason) => {
    const failure = await webhooks
      .send("POST newThing", { url: at, ...message } as never)
      .catch((error) => error);
    expect(failure).toBeInstanceOf(InvalidMessageError);
    expect(failure.message).toContain(reason);
    expect(failure).not.toHaveProperty("statusCode");
    expect(deliveries).toEqual([]);
  });

  test("a body where the contract documents none is not sent", async () => {
    await expect(webhooks.send("thingGone", { url: at, body: 1 })).rejects.toThrow(InvalidMessageError);
  });

  test.each([
    [answerJson(200, {}), "Missing required property: ok"],
    [answerJson(201, {}), "201 is not documented"],
    [answerJson(500, {}), "500 is not documented"],
    [(response: ServerResponse) => response.writeHead(200).end(), "200 has no body"],
    [
      (response: ServerResponse) => response.writeHead(200, { "content-type": "text/html" }).end("<p>"),
      '200 is "text/html", which is not documented',
    ],
    [
      (response: ServerResponse) => response.writeHead(200, { "content-type": "application/json" }).end("{"),
      "the body of 200",
    ],
  ])("an answer that the contract does not document is told: %#", async (next, reason) => {
    answer = next;
    const failure = await webhooks
      .send("POST newThing", { url: at, headers, body: { id: 1 } })
      .catch((error) => error);
    expect(failure).toBeInstanceOf(UndocumentedAnswerError);
    expect(failure.message).toContain(reason);
  });

  test("follows no redirect, ends in time, and tells of a receiver that is not there", async () => {
    const message = { url: at, headers, body: { id: 1 } };
    answer = (response) => response.writeHead(307, { location: `${at}/elsewhere` }).end();
    await expect(webhooks.send("POST newThing", message)).rejects.toThrow(UnexpectedResponseError);
    expect(deliveries).toHaveLength(1);
    answer = () => {};
    const hasty = await create({ timeout: 50, retry: false });
    await expect(hasty.send("POST newThing", message)).rejects.toThrow(TimeoutError);
    const nowhere = { ...message, url: "http://127.0.0.1:1/" };
    await expect(webhooks.send("POST newThing", nowhere)).rejects.toThrow(NetworkError);
  });

  test("is sent again where the application says that it may be", async () => {
    answer = (response) => {
      answer = answerJson(202, {});
      response.writeHead(503).end();
    };
    const patient = await create({ retry: { delay: 1 } });
    const message = { url: at, headers: { ...headers, "Idempotency-Key": "1" }, body: { id: 1 } };
    expect((await patient.send("POST newThing", message)).status).toBe(202);
    expect(deliveries).toHaveLength(2);
  });

  test("is signed by the bytes that are sent", async () => {
    const sign = (body: string) => createHmac("sha256", "secret").update(body).digest("hex");
    const signing = await create({
      auth: async (request: Request) => {
        request.headers.set("x-signature", sign(await request.clone().text()));
        return request;
      },
    });
    answer = answerJson(202, {});
    await signing.send("POST newThing", { url: at, headers, body: { id: 1 } });
    const [{ headers: got, body } = { headers: {} as IncomingHttpHeaders, body: "" }] = deliveries;
    expect(got["x-signature"]).toBe(sign(body));
  });

  test("goes only where it may", async () => {
    const careful = await create({ mayCall: ({ hostname }) => hostname !== "127.0.0.1" });
    const message = { headers, body: { id: 1 } };
    await expect(careful.send("POST newThing", { ...message, url: at })).rejects.toThrow("may not be called");
    for (const url of ["http://example.com/", "file:///etc/passwd", "nowhere"])
      await expect(webhooks.send("POST newThing", { ...message, url })).rejects.toThrow(TypeError);
    expect(deliveries).toEqual([]);
  });
});

describe("a callback", () => {
  const exchange: Exchange = {
    url: "http://api.example.com/v1/things/7?host=a.example",
    method: "post",
    status: 201,
    request: {
      headers: { "x-port": 8080 },
      query: { host: "a.example" },
      path: { thing: "7" },
      body: { urls: [`${at}/first`] },
    },
    response: { headers: { location: "/x" }, body: { n: 5 } },
  };

  test("goes where its expression says", async () => {
    expect(webhooks.urlOf("onEvent", exchange)).toBe(`${at}/first`);
    expect(webhooks.urlOf("subscribe parts", exchange)).toBe("http://a.example:8080/7?s=201&m=POST&l=/x&n=5");
    const query = { host: "/relative" };
    const relative = { ...exchange, request: { ...exchange.request, query } };
    expect(webhooks.urlOf("PUT subscribe whole", relative)).toBe("http://api.example.com/relative");
  });

  test.each([
    [{ urls: [] }, "has no text at $request.body#/urls/0"],
    [{ urls: [{}] }, "has no text at $request.body#/urls/0"],
    [{ urls: ["javascript:alert(1)"] }, "gave no http(s) address"],
    [{ urls: ["http://"] }, "gave no http(s) address"],
    [undefined, "has no text"],
  ])("has no address in %j", (body, reason) => {
    const asked = { ...exchange, request: { ...exchange.request, body } };
    expect(() => webhooks.urlOf("onEvent", asked)).toThrow(reason);
  });

  test("is sent by a handler, to where its own request says", async () => {
    const { send, app } = await start(contract, {
      handlers: {
        subscribe: async (input, context) => {
          const own = exchangeOf(input as never, context as never, { status: 201, body: { n: 1 } });
          const { status } = await webhooks.send("onEvent", {
            url: webhooks.urlOf("onEvent", own),
            body: { id: 1 },
          });
          return { status: 201, body: { status, url: own.url } };
        },
      },
    });
    const { body } = await send("POST", "/things/7?host=h", { json: { urls: [`${at}/own`] } });
    expect(body).toEqual({
      status: 204,
      url: expect.stringMatching(/^http:\/\/127.0.0.1:\d+\/things\/7\?host=h$/),
    });
    expect(deliveries).toMatchObject([{ url: "/own", body: '{"id":1}' }]);
    await app.close();
  });

  test("that is not in the contract cannot be sent", async () => {
    await expect(webhooks.send("other", { url: at })).rejects.toThrow('no webhook or callback "other"');
  });
});

test("a contract that cannot be held strictly makes no sender", async () => {
  const broken = structuredClone(contract);
  Object.assign(broken.webhooks.newThing.post.requestBody.content["application/json"].schema, { tpye: "x" });
  await expect(create({ document: broken })).rejects.toThrow(ContractSetupError);
});

test("types: webhooks and callbacks by their ids, items of streams by their schema", () => {
  const document = readDocument({
    ...contract,
    paths: {
      ...contract.paths,
      "/events": {
        get: {
          responses: { 200: { description: "", content: { "text/event-stream": { itemSchema: thing } } } },
        },
      },
    },
  });
  expect(operationTypes(document)).toContain(`export interface SentOperations {
    "POST newThing": webhooks["newThing"]["post"];
    "thingGone": operations["thingGone"];
    "onEvent": operations["onEvent"];
    "subscribe parts": webhooks["subscribe parts"]["put"];
    "POST subscribe whole": webhooks["subscribe whole"]["post"];
    "PUT subscribe whole": webhooks["subscribe whole"]["put"];
}`);
  expect(typedDocument(document)).toMatchObject({
    webhooks: {
      "subscribe onEvent": { post: { operationId: "onEvent" } },
      "subscribe whole": { post: {}, put: {} },
    },
    paths: {
      "/events": { get: { responses: { 200: { content: { "text/event-stream": { schema: thing } } } } } },
    },
  });
});
