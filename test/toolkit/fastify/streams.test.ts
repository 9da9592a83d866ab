import { EventEmitter, on, once } from "node:events";
import { get, request as httpRequest, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { PassThrough, Readable, Writable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import type { ResponseViolationError } from "../../../toolkit/fastify/errors.ts";
import { start } from "./serve.ts";

const thing = { type: "object", required: ["id"], properties: { id: { type: "integer" } } };
const event = {
  type: "object",
  required: ["data"],
  properties: { event: { enum: ["added"] }, data: { type: "string" }, id: { type: "string" } },
};
const answering = (operationId: string, content: object) => ({
  get: { operationId, responses: { 200: { description: "ok", content }, 204: { description: "nothing" } } },
});
const contract = {
  openapi: "3.2.0",
  info: { title: "Streams", version: "1" },
  paths: {
    "/png": answering("png", { "image/png": {} }),
    "/images": answering("images", { "image/*": {}, "application/json": { schema: thing } }),
    "/anything": answering("anything", { "*/*": {} }),
    "/csv": answering("csv", { "text/csv": { schema: { type: "string" } } }),
    "/json": answering("json", { "application/json": { schema: thing } }),
    "/lines": answering("lines", { "application/x-ndjson": { itemSchema: thing } }),
    "/list": answering("list", { "application/jsonl": { schema: { type: "array", items: thing } } }),
    "/sequence": answering("sequence", { "application/geo+json-seq": { schema: thing } }),
    "/events": answering("events", { "text/event-stream": { itemSchema: event } }),
    "/data": answering("data", { "text/event-stream": { schema: thing } }),
    "/ticks": answering("ticks", { "text/event-stream": { schema: { type: "string" } } }),
    "/either": answering("either", {
      "application/json": { schema: { type: "array", items: thing } },
      "text/event-stream": { itemSchema: thing },
    }),
  },
};
const ids = Object.values(contract.paths).map(({ get: { operationId } }) => operationId);

/** What the handlers answer next. */
let answer: () => unknown;
const logged: string[] = [];
const handlers = Object.fromEntries(ids.map((id) => [id, () => answer()]));
const server = {
  logger: {
    level: "info",
    stream: new Writable({
      write(chunk, _encoding, done) {
        logged.push(String(chunk));
        done();
      },
    }),
  },
};
const strict = await start(contract, { handlers, server });
const reported: ResponseViolationError[] = [];
const lenient = await start(contract, {
  handlers,
  onResponseViolation: (error) => void reported.push(error),
});
afterAll(() => Promise.all([strict.app.close(), lenient.app.close()]));
beforeEach(() => {
  logged.length = 0;
  reported.length = 0;
});

const ask = (path: string, body: unknown, more: object = {}, method = "GET") => {
  answer = () => ({ status: 200, body, ...more });
  return strict.send(method, path);
};
/** Asks, and hands over the answer when its headers have come. */
async function open(path: string, next: () => unknown): Promise<IncomingMessage> {
  answer = next;
  const { port } = strict.app.server.address() as AddressInfo;
  const [response] = (await once(get({ port, path, agent: false }), "response")) as [IncomingMessage];
  return response;
}
const webStream = (...chunks: unknown[]) => ReadableStream.from(chunks);
async function* give(...items: unknown[]) {
  yield* items;
}
/** Tells when it was ended. */
function endless(item: unknown) {
  let ended: (value: string) => void = () => {};
  const end = new Promise<string>((resolve) => {
    ended = resolve;
  });
  const iterator = {
    next: async () => ({ done: false, value: item }),
    return: async () => {
      ended("returned");
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return { iterator, end };
}

describe("bytes are answered as", () => {
  test.each([
    ["a stream of Node", () => Readable.from([Buffer.from("P"), Buffer.from("NG")])],
    ["a stream of the web", () => webStream(new Uint8Array([80]), Buffer.from("NG"))],
    ["a Blob", () => new Blob(["PNG"])],
    ["bytes", () => new Uint8Array([80, 78, 71])],
    ["an ArrayBuffer", () => new TextEncoder().encode("PNG").buffer],
    ["a generator of text or bytes", () => give("P", "", Buffer.from("NG"))],
  ])("%s", async (_, body) => {
    expect(await ask("/png", body())).toMatchObject({
      status: 200,
      headers: { "content-type": "image/png" },
      text: "PNG",
    });
  });

  test("nothing at all, where the stream is empty", async () => {
    expect(await ask("/png", Readable.from([]))).toMatchObject({ status: 200, text: "" });
    expect(await ask("/png", new Blob([]))).toMatchObject({
      status: 200,
      text: "",
      headers: { "content-length": "0" },
    });
  });

  test("what is known of its length is told", async () => {
    expect((await ask("/png", new Blob(["PNG"]))).headers["content-length"]).toBe("3");
    expect((await ask("/png", Readable.from(["PNG"]))).headers["transfer-encoding"]).toBe("chunked");
    const told = await ask("/png", Readable.from(["PNG"]), { headers: { "Content-Length": 3 } });
    expect(told.headers).toMatchObject({ "content-length": "3" });
  });

  test("the media type that the answer names, within the documented ones", async () => {
    const named = await ask("/images", Readable.from(["x"]), { contentType: "image/webp" });
    expect(named).toMatchObject({ status: 200, headers: { "content-type": "image/webp" } });
    expect((await ask("/images", new Blob(["x"], { type: "image/gif" }))).headers["content-type"]).toBe(
      "image/gif",
    );
    expect((await ask("/images", { id: 1 })).body).toEqual({ id: 1 });
    expect((await ask("/anything", "x", { contentType: "text/plain" })).headers["content-type"]).toBe(
      "text/plain; charset=utf-8",
    );
    expect((await ask("/anything", { id: 1 })).body).toEqual({ id: 1 });
    expect((await ask("/either", give({ id: 1 }))).headers["content-type"]).toMatch("text/event-stream");
    expect((await ask("/either", [{ id: 1 }])).body).toEqual([{ id: 1 }]);
    expect((await ask("/either", [{ id: 1 }], { contentType: "text/event-stream" })).text).toBe(
      'data: {"id":1}\n\n',
    );
  });

  test.each([
    [
      "/png",
      () => ({ body: Readable.from(["x"]), contentType: "image/gif" }),
      "image/gif of 200 is not documented",
    ],
    ["/images", () => ({ body: Readable.from(["x"]) }), "does not say which image/* its body is"],
    ["/json", () => ({ body: Readable.from(["x"]) }), "is bytes, the contract documents JSON"],
    ["/json", () => ({ body: webStream("x") }), "is bytes, the contract documents JSON"],
    ["/anything", () => ({ body: new Blob(["x"]) }), "is bytes, the contract documents JSON"],
    ["/png", () => ({ body: { id: 1 } }), "must be text or bytes"],
    ["/lines", () => ({ body: { id: 1 } }), "must be items, one after the other"],
    ["/png", () => ({ body: Readable.from([{ id: 1 }]) }), "gave something else"],
    ["/png", () => ({ body: Readable.from(["x"]), headers: { other: "x" } }), "the header other"],
  ])("%s refuses what breaks its contract", async (path, more, reason) => {
    answer = () => ({ status: 200, ...more() });
    const response = await strict.send("GET", path);
    expect(response.status).toBe(500);
    expect(response.body.message).toContain(reason);
  });

  test("what a response without content brings is refused, and its stream ended", async () => {
    const body = new PassThrough();
    answer = () => ({ status: 204, body });
    expect((await strict.send("GET", "/png")).status).toBe(500);
    expect(body.destroyed).toBe(true);
  });

  test("what is only reported is sent as it is", async () => {
    answer = () => ({ status: 200, body: Readable.from(["x"]), contentType: "image/gif" });
    expect(await lenient.send("GET", "/png")).toMatchObject({ status: 200, text: "x" });
    answer = () => ({ status: 200, body: give({ id: 1 }, { id: "x" }) });
    expect((await lenient.send("GET", "/lines")).text).toBe('{"id":1}\n{"id":"x"}\n');
    expect(reported.map(({ message }) => message)).toEqual([
      expect.stringContaining("not documented"),
      expect.stringContaining("an item in the body of 200 does not match its schema: The property 'id'"),
    ]);
  });
});

describe("items are written one by one as", () => {
  test.each([
    ["/lines", "application/x-ndjson", '{"id":1}\n{"id":2}\n'],
    ["/list", "application/jsonl", '{"id":1}\n{"id":2}\n'],
    ["/sequence", "application/geo+json-seq", '\u001e{"id":1}\n\u001e{"id":2}\n'],
    ["/data", "text/event-stream; charset=utf-8", 'data: {"id":1}\n\ndata: {"id":2}\n\n'],
  ])("%s: %s", async (path, contentType, written) => {
    const items = [{ id: 1 }, { id: 2, extra: undefined }];
    for (const body of [items, give(...items), Readable.from(items), new Set(items), webStream(...items)]) {
      expect(await ask(path, body)).toMatchObject({
        status: 200,
        headers: { "content-type": contentType },
        text: written,
      });
    }
  });

  test("events, with their names and ids, each line of their data", async () => {
    const items = [{ event: "added", id: "7", data: "a\nb\r\nc" }, { data: "" }];
    const { text: written, headers } = await ask("/events", give(...items));
    expect(written).toBe("event: added\nid: 7\ndata: a\ndata: b\ndata: c\n\ndata: \n\n");
    expect(headers["cache-control"]).toBe("no-cache");
    expect((await ask("/ticks", give("tick", "tock"))).text).toBe("data: tick\n\ndata: tock\n\n");
  });

  test("what somebody else has written already", async () => {
    const written = 'data: {"id":1}\n\n';
    expect((await ask("/data", Readable.from([Buffer.from(written)], { objectMode: false }))).text).toBe(
      written,
    );
    expect((await ask("/data", webStream(Buffer.from(written)))).text).toBe(written);
    expect((await ask("/data", written)).text).toBe(written);
  });

  test("nothing, where there is none", async () => {
    expect(await ask("/lines", give())).toMatchObject({ status: 200, text: "" });
  });

  test.each([
    ["/lines", { id: "x" }, "The property 'id' must be of type integer"],
    ["/list", {}, "Missing required property: id"],
    ["/events", { event: "removed", data: "x" }, "The property 'event' must be one of"],
    ["/events", { data: "x", id: "1\nevent: forged" }, "must be one line"],
    ["/lines", { id: 1, big: 1n }, "BigInt"],
  ])("a first item that %s does not allow is an error", async (path, item, reason) => {
    const response = await ask(path, give(item));
    expect(response).toMatchObject({ status: 500, body: { message: expect.stringContaining(reason) } });
    expect(response.headers["content-type"]).toMatch("json");
    expect(response.headers["cache-control"]).toBeUndefined();
  });
});

describe("an error", () => {
  const failure = Object.assign(new Error("gone"), { statusCode: 410 });

  test("before the first byte is an answer, without the headers of the other", async () => {
    const failing: (() => unknown)[] = [
      () =>
        new Readable({
          read() {
            this.destroy(failure);
          },
        }),
      () => new ReadableStream({ start: (controller) => controller.error(failure) }),
      () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(failure) }) }),
    ];
    for (const body of failing) {
      const response = await ask("/png", body(), { headers: { "Content-Length": 3 } });
      expect(response).toMatchObject({ status: 410, body: { message: "gone" } });
      expect(Number(response.headers["content-length"])).toBe(Buffer.byteLength(response.text));
    }
  });

  test.each([
    [
      "/png",
      async function* () {
        yield "P";
        throw failure;
      },
    ],
    [
      "/lines",
      async function* () {
        yield { id: 1 };
        throw failure;
      },
    ],
    ["/lines", () => give({ id: 1 }, { id: "x" })],
  ])("after it breaks the connection, and is logged once (%s)", async (path, body) => {
    const response = await open(path, () => ({ status: 200, body: body() }));
    await expect(buffer(response)).rejects.toMatchObject({ code: "ECONNRESET" });
    const told = logged.map((line) => JSON.parse(line)).filter(({ err }) => err !== undefined);
    expect(told).toHaveLength(1);
    expect(told[0].err.message).toMatch(/gone|does not match/);
  });
});

describe("a client that goes away ends", () => {
  test.each([
    ["/lines", { id: 1 }],
    ["/events", { data: "x".repeat(1000) }],
    ["/png", Buffer.alloc(1000)],
  ])("the iterator of %s", async (path, item) => {
    const { iterator, end } = endless(item);
    const response = await open(path, () => ({ status: 200, body: iterator }));
    response.destroy();
    expect(await end).toBe("returned");
  });

  test("an iterator that waits for its next item", async () => {
    const emitter = new EventEmitter();
    const response = await open("/ticks", () => ({ status: 200, body: on(emitter, "tick") }));
    expect(emitter.listenerCount("tick")).toBe(1);
    const removed = once(emitter, "removeListener");
    response.destroy();
    await removed;
    expect(emitter.listenerCount("tick")).toBe(0);
  });

  test("a stream", async () => {
    const body = new PassThrough();
    body.write("P");
    const closed = once(body, "close");
    const response = await open("/png", () => ({ status: 200, body }));
    response.destroy();
    await closed;
    let cancelled: (reason: unknown) => void = () => {};
    const cancel = new Promise((resolve) => {
      cancelled = resolve;
    });
    const web = new ReadableStream({
      start: (controller) => controller.enqueue(Buffer.from("P")),
      cancel: () => cancelled("cancelled"),
    });
    (await open("/png", () => ({ status: 200, body: web }))).destroy();
    expect(await cancel).toBe("cancelled");
  });

  test("also what is answered after it has gone", async () => {
    const { iterator, end } = endless({ id: 1 });
    const { port } = strict.app.server.address() as AddressInfo;
    const asked = httpRequest({ port, path: "/lines", agent: false });
    asked.on("error", () => {});
    answer = async () => {
      const gone = new Promise((resolve) => strict.app.server.getConnections(() => resolve(undefined)));
      asked.destroy();
      await gone;
      return { status: 200, body: iterator };
    };
    asked.end();
    expect(await end).toBe("returned");
  });
});

test("a handler is told that its client has gone, and not that all has been sent", async () => {
  const told: Promise<unknown>[] = [];
  const document = {
    openapi: "3.1.0",
    paths: {
      "/": {
        post: {
          operationId: "post",
          requestBody: { content: { "application/json": {} } },
          responses: {
            200: { description: "ok", content: { "text/event-stream": { schema: { type: "string" } } } },
          },
        },
      },
    },
  };
  const signals: AbortSignal[] = [];
  const { app, url } = await start(document, {
    handlers: {
      post: ({ body }, context) => {
        const { signal } = context as unknown as { signal: AbortSignal };
        signals.push(signal);
        told.push(once(signal, "abort"));
        return {
          status: 200,
          body: (async function* () {
            yield String(signal.aborted);
            if (body === "stay") return;
            await once(signal, "abort");
          })(),
        };
      },
    },
  });
  const post = async (body: string): Promise<IncomingMessage> => {
    const headers = { "content-type": "application/json" };
    const asked = httpRequest(url, { method: "POST", headers, agent: false });
    asked.end(JSON.stringify(body));
    return (await once(asked, "response"))[0];
  };
  expect(await text(await post("stay"))).toBe("data: false\n\n");
  (await post("leave")).destroy();
  await told[1];
  expect(signals.map(({ aborted }) => aborted)).toEqual([false, true]);
  await app.close();
});

test("no more items are taken than the client reads", async () => {
  let taken = 0;
  const body = {
    async *[Symbol.asyncIterator]() {
      for (; taken < 100_000; taken += 1) yield { id: taken, filling: "x".repeat(10_000) };
    },
  };
  const response = await open("/lines", () => ({ status: 200, body }));
  response.pause();
  // The connection is full once the server has nothing left to do but to wait.
  let before = -1;
  while (before !== taken) {
    before = taken;
    await (await open("/png", () => ({ status: 200, body: "x" }))).toArray();
  }
  expect(taken).toBeLessThan(50_000);
  response.destroy();
});

test("headers do not wait for an item that takes its time", async () => {
  let tick: (value: unknown) => void = () => {};
  const ticked = new Promise((resolve) => {
    tick = resolve;
  });
  const response = await open("/ticks", () => ({
    status: 200,
    body: (async function* () {
      yield await ticked;
    })(),
  }));
  expect(response.headers["content-type"]).toBe("text/event-stream; charset=utf-8");
  tick("tick");
  expect(await text(response)).toBe("data: tick\n\n");
});

test("HEAD says what GET would, and takes no item", async () => {
  for (const [path, item] of [
    ["/lines", { id: 1 }],
    ["/png", "x"],
  ] as const) {
    const { iterator, end } = endless(item);
    const response = await ask(path, iterator, {}, "HEAD");
    expect(response).toMatchObject({ status: 200, text: "" });
    expect(response.headers["content-length"]).toBeUndefined();
    expect(await end).toBe("returned");
  }
  expect((await ask("/png", new Blob(["PNG"]), {}, "HEAD")).headers["content-length"]).toBe("3");
});

test("a server that stops ends its events, so that nobody waits for them", async () => {
  const emitter = new EventEmitter();
  const { app, url } = await start(contract, {
    handlers: { ...handlers, ticks: () => ({ status: 200, body: on(emitter, "tick") }) },
  });
  const response = await fetch(`${url}/ticks`);
  const closing = app.close();
  expect(await response.text()).toBe("");
  await closing;
  expect(emitter.listenerCount("tick")).toBe(0);
});
