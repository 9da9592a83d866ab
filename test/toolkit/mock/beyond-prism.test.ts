import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { type CreateMockOptions, createMock, type Mock } from "../../../toolkit/mock/mock.ts";
import { contract, json } from "./contract.ts";

let mock: Mock;
afterEach(() => mock.close());

async function start(
  paths: Record<string, unknown>,
  options: CreateMockOptions = {},
  rest: Record<string, unknown> = {},
) {
  mock = await createMock(contract(paths, rest), options);
  return mock;
}

/** Sends over a real connection and gives what matters in an answer. */
async function send(path: string, init: RequestInit = {}) {
  const response = await fetch(mock.url + path, init);
  const text = await response.text();
  const type = response.headers.get("content-type") ?? "";
  return {
    status: response.status,
    headers: response.headers,
    body: /json/.test(type) ? JSON.parse(text) : text,
  };
}

const post = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: "POST",
  body: typeof body === "string" ? body : JSON.stringify(body),
  headers: { "content-type": "application/json", ...headers },
});

const ok = { 200: json({ example: { ok: true } }) };

describe("requests that Prism refuses or forgets", () => {
  test("answers HEAD of a GET operation with its headers and no body", async () => {
    await start({ "/pets": { get: { responses: ok } } });
    const response = await fetch(`${mock.url}/pets`, { method: "HEAD" });
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "application/json"]);
    expect(await response.text()).toBe("");
  });

  test("names the methods that a path allows in a 405", async () => {
    await start({ "/pets": { get: { responses: ok }, post: { responses: ok } } });
    const { status, headers } = await send("/pets", { method: "DELETE" });
    expect([status, headers.get("allow")]).toEqual([405, "GET, POST, HEAD"]);
  });

  test("answers 400 to malformed JSON, saying where", async () => {
    await start({
      "/pets": { post: { requestBody: { content: { "application/json": { schema: {} } } }, responses: ok } },
    });
    const { status, body } = await send("/pets", post('{"a":'));
    expect([status, body.type, body.detail]).toEqual([
      400,
      "https://stoplight.io/prism/errors#MALFORMED_JSON",
      "The request body is not valid JSON: Unexpected end of JSON input",
    ]);
  });

  test("answers the documented 400 to malformed JSON, though there is a 422", async () => {
    const refusal = (example: object) => ({
      description: "Refused",
      content: { "application/json": { example } },
    });
    const responses = { ...ok, 400: refusal({ error: "unreadable" }), 422: refusal({ error: "invalid" }) };
    await start({
      "/pets": { post: { requestBody: { content: { "application/json": { schema: {} } } }, responses } },
    });
    const { status, body, headers } = await send("/pets", post('{"a":'));
    expect([status, body]).toEqual([400, { error: "unreadable" }]);
    expect(headers.get("sl-violations")).toContain("The request body is not valid JSON");
  });

  test("answers 413 to a body over 10 MB", async () => {
    await start({ "/pets": { post: { responses: ok } } });
    const { status } = await raw(
      "POST",
      "/pets",
      { "content-type": "text/plain" },
      "x".repeat(10 * 1024 * 1024 + 1),
    );
    expect(status).toBe(413);
  });

  test("validates cookies", async () => {
    const parameters = [{ name: "visits", in: "cookie", required: true, schema: { type: "integer" } }];
    await start({ "/": { get: { parameters, responses: ok } } });
    expect((await send("/", { headers: { cookie: "visits=3" } })).status).toBe(200);
    const wrong = await send("/", { headers: { cookie: "visits=many" } });
    expect([wrong.status, wrong.body.validation]).toEqual([
      422,
      [
        {
          location: ["cookie", "visits"],
          severity: "Error",
          code: "type",
          message: "Request cookie parameter visits must be integer",
        },
      ],
    ]);
    expect((await send("/")).status).toBe(422);
  });

  test("validates multipart forms, and objects in forms as JSON", async () => {
    const schema = {
      type: "object",
      required: ["age", "owner", "tags"],
      properties: {
        age: { type: "integer" },
        owner: { type: "object", required: ["name"], properties: { name: { type: "string" } } },
        tags: { type: "array", items: { type: "string" }, minItems: 2 },
      },
    };
    const content = { "multipart/form-data": { schema }, "application/x-www-form-urlencoded": { schema } };
    await start({ "/": { post: { requestBody: { required: true, content }, responses: ok } } });
    const form = new FormData();
    for (const [name, value] of [
      ["age", "3"],
      ["owner", '{"name":"Ann"}'],
      ["tags", "a"],
      ["tags", "b"],
    ] as const)
      form.append(name, value);
    expect((await send("/", { method: "POST", body: form })).status).toBe(200);
    form.set("age", "old");
    expect((await send("/", { method: "POST", body: form })).body.validation[0].message).toBe(
      "Request body property age must be integer",
    );
    const good = new URLSearchParams([
      ["age", "3"],
      ["owner", '{"name":"Ann"}'],
      ["tags", "a"],
      ["tags", "b"],
    ]);
    expect((await send("/", { method: "POST", body: good })).status).toBe(200);
    good.set("owner", "{}");
    expect((await send("/", { method: "POST", body: good })).body.validation[0].location).toEqual([
      "body",
      "owner",
    ]);
  });

  test("answers 415 to a multipart body without a boundary", async () => {
    await start({
      "/": {
        post: {
          requestBody: { content: { "multipart/form-data": { schema: { type: "object" } } } },
          responses: ok,
        },
      },
    });
    expect(
      (await send("/", { method: "POST", body: "x", headers: { "content-type": "multipart/form-data" } }))
        .status,
    ).toBe(415);
  });

  test("does not ask for readOnly properties in requests", async () => {
    const schema = {
      allOf: [
        { type: "object", properties: { id: { type: "integer", readOnly: true } } },
        { required: ["id", "name"] },
      ],
    };
    await start({
      "/": { post: { requestBody: { content: { "application/json": { schema } } }, responses: ok } },
    });
    expect((await send("/", post({ name: "a" }))).status).toBe(200);
    expect((await send("/", post({}))).status).toBe(422);
  });

  test("reads every style of parameter", async () => {
    const list = { type: "array", items: { type: "integer" } };
    const object = { type: "object", properties: { a: { type: "integer" }, b: { type: "integer" } } };
    await start({
      "/{simple}/{label}/{matrix}": {
        parameters: [
          { name: "simple", in: "path", required: true, schema: list },
          { name: "label", in: "path", required: true, style: "label", schema: list },
          { name: "matrix", in: "path", required: true, style: "matrix", explode: true, schema: object },
        ],
        get: {
          parameters: [
            { name: "pipes", in: "query", style: "pipeDelimited", explode: false, schema: list },
            { name: "spaces", in: "query", style: "spaceDelimited", explode: false, schema: list },
            { name: "deep", in: "query", style: "deepObject", explode: true, schema: object },
            { name: "form", in: "query", explode: false, schema: object },
          ],
          responses: ok,
        },
      },
    });
    const status = async (path: string) => (await send(path)).status;
    expect(await status("/1,2/.1,2/;a=1;b=2?pipes=1|2&spaces=1%202&deep[a]=1&form=a,1,b,2")).toBe(200);
    for (const wrong of [
      "/1,x/.1/;a=1",
      "/1/.x/;a=1",
      "/1/.1/;a=x",
      "/1/.1/;a=1?pipes=1|x",
      "/1/.1/;a=1?spaces=1%20x",
      "/1/.1/;a=1?deep[a]=x",
      "/1/.1/;a=1?form=a,x",
    ]) {
      expect(await status(wrong), wrong).toBe(422);
    }
  });

  test("serves the base path of the servers as well as the bare path", async () => {
    const servers = [
      { url: "https://api.example.com/{version}", variables: { version: { default: "v2" } } },
      { url: "/api" },
    ];
    await start({ "/pets/{id}": { get: { responses: ok } } }, {}, { servers });
    for (const path of ["/pets/1", "/v2/pets/1", "/api/pets/1"])
      expect((await send(path)).status, path).toBe(200);
    expect((await send("/v3/pets/1")).status).toBe(404);
  });

  test("answers paths with unusual parameters, and the most literal path first", async () => {
    const answer = (name: string) => ({ get: { responses: { 200: json({ example: name }) } } });
    await start({
      "/a/{pet-id}": answer("dashed"),
      "/a/{x}.json": answer("suffix"),
      "/{x}/b": answer("last"),
      "/a/b": answer("literal"),
    });
    expect((await send("/a/1")).body).toBe("dashed");
    expect((await send("/a/b")).body).toBe("literal");
    expect((await send("/c/b")).body).toBe("last");
  });

  test("mocks several documents at once, the first one winning", async () => {
    const one = contract({ "/a": { get: { responses: { 200: json({ example: 1 }) } } } });
    const two = contract(
      {
        "/a": { get: { responses: { 200: json({ example: 2 }) } } },
        "/b": { get: { responses: { 200: json({ example: 3 }) } } },
      },
      { servers: [{ url: "/two" }] },
    );
    mock = await createMock([one, two]);
    expect([(await send("/a")).body, (await send("/b")).body]).toEqual([1, 3]);
    expect((await send("/openapi.json?document=2")).body.paths).toHaveProperty("/b");
  });

  test("knows OpenAPI 3.2: additionalOperations, query, itemSchema and dataValue", async () => {
    await start(
      {
        "/log": {
          query: { responses: { 200: json({ examples: { a: { dataValue: { found: 1 } } } }) } },
          additionalOperations: { COPY: { responses: { 204: { description: "copied" } } } },
          get: {
            responses: {
              200: {
                description: "ok",
                content: {
                  "application/jsonl": {
                    itemSchema: { type: "object", properties: { n: { type: "integer" } } },
                  },
                },
              },
            },
          },
        },
      },
      {},
      { openapi: "3.2.0" },
    );
    expect((await send("/log", { method: "QUERY" })).body).toEqual({ found: 1 });
    expect((await send("/log", { method: "COPY" })).status).toBe(204);
    expect((await raw("GET", "/log")).text).toBe('{"n":0}\n');
  });
});

describe("the response chosen by the request", () => {
  const pets = {
    rex: { value: { id: 1, name: "Rex", status: "sold" } },
    tom: { value: { id: 42, name: "Tom", status: "new" } },
  };

  test("by a path parameter, and the first one where none matches", async () => {
    await start({ "/pets/{petId}": { get: { responses: { 200: json({ examples: pets }) } } } });
    expect((await send("/pets/42")).body.name).toBe("Tom");
    expect((await send("/pets/7")).body.name).toBe("Rex");
    expect((await send("/pets/42", { headers: { prefer: "example=rex" } })).body.name).toBe("Rex");
  });

  test("by a query parameter, in lists too", async () => {
    const examples = { sold: { value: [pets.rex.value] }, fresh: { value: [pets.tom.value] } };
    await start({ "/pets": { get: { responses: { 200: json({ examples }) } } } });
    expect((await send("/pets?status=new")).body[0].name).toBe("Tom");
  });

  test("by the body", async () => {
    await start({
      "/pets": {
        post: {
          requestBody: { content: { "application/json": { schema: {} } } },
          responses: { 201: json({ examples: pets }) },
        },
      },
    });
    expect((await send("/pets", post({ name: "Tom" }))).body.id).toBe(42);
  });

  test("by an example of the same name among the request's own", async () => {
    await start({
      "/rate/{from}": {
        get: {
          parameters: [
            {
              name: "from",
              in: "path",
              required: true,
              schema: { type: "string" },
              examples: { euro: { value: "EUR" }, yen: { value: "JPY" } },
            },
          ],
          responses: { 200: json({ examples: { euro: { value: 1.1 }, yen: { value: 0.006 } } }) },
        },
      },
    });
    expect((await send("/rate/JPY")).body).toBe(0.006);
  });

  test("the same id gives the same generated body, which carries that id", async () => {
    const schema = {
      type: "object",
      required: ["id", "name"],
      properties: { id: { type: "integer" }, name: { type: "string", minLength: 8 } },
    };
    await start({ "/pets/{petId}": { get: { responses: { 200: json({ schema }) } } } }, { dynamic: true });
    const [one, again, other] = [await send("/pets/1"), await send("/pets/1"), await send("/pets/2")];
    expect(again.body).toEqual(one.body);
    expect([one.body.id, other.body.id]).toEqual([1, 2]);
    expect(other.body.name).not.toBe(one.body.name);
  });

  test("lists are generated anew each time, unless --seed makes them repeatable", async () => {
    const paths = {
      "/n": { get: { responses: { 200: json({ schema: { type: "string", minLength: 20 } }) } } },
    };
    await start(paths, { dynamic: true });
    expect((await send("/n")).body).not.toBe((await send("/n")).body);
    await mock.close();
    await start(paths, { dynamic: true, seed: "x" });
    const first = (await send("/n")).body;
    expect((await send("/n")).body).toBe(first);
    expect((await send("/n?__seed=y")).body).not.toBe(first);
  });
});

describe("latency and faults", () => {
  test("waits as long as --delay or Prefer: delay says", async () => {
    await start({ "/": { get: { responses: ok } } }, { delay: [60, 80] });
    const timed = async (path: string) => {
      const started = performance.now();
      await send(path);
      return performance.now() - started;
    };
    expect(await timed("/")).toBeGreaterThanOrEqual(59);
    expect(await timed("/?__delay=150-160")).toBeGreaterThanOrEqual(149);
    expect((await send("/", { headers: { prefer: "delay=soon" } })).status).toBe(422);
  });

  test("fails as often as --fail says, with a documented 429 or 5xx", async () => {
    const failing = {
      429: json({ example: { message: "slow down" } }),
      200: ok[200],
      404: json({ example: {} }),
    };
    await start(
      { "/": { get: { responses: failing } }, "/bare": { get: { responses: ok } } },
      { fail: 0.5, seed: "1" },
    );
    const answers = await Promise.all(Array.from({ length: 60 }, () => send("/")));
    const failed = answers.filter(({ status }) => status === 429);
    expect(failed.length).toBeGreaterThan(15);
    expect(failed.length).toBeLessThan(45);
    expect(failed[0]?.body).toEqual({ message: "slow down" });
    expect(answers.every(({ status }) => status === 429 || status === 200)).toBe(true);
    const bare = await Promise.all(Array.from({ length: 20 }, () => send("/bare")));
    expect(bare.find(({ status }) => status !== 200)?.body.type).toBe(
      "https://stoplight.io/prism/errors#INJECTED_FAILURE",
    );
  });

  test("answers an undocumented status only where --lenient allows it", async () => {
    await start({ "/": { get: { responses: ok } } });
    expect((await send("/?__code=500")).status).toBe(404);
    await mock.close();
    await start({ "/": { get: { responses: ok } } }, { lenient: true });
    expect((await send("/?__code=500")).status).toBe(500);
    expect((await send("/?__code=418")).body).toMatchObject({ status: 418 });
  });
});

describe("validation and auth switched off", () => {
  const secured = {
    "/": {
      post: {
        security: [{ token: [] }],
        requestBody: {
          required: true,
          content: { "application/json": { schema: { type: "object", required: ["a"] } } },
        },
        responses: ok,
      },
    },
  };
  const components = { securitySchemes: { token: { type: "http", scheme: "bearer" } } };
  const authorization = { authorization: "Bearer x" };

  test("for all requests", async () => {
    await start(secured, { auth: false }, { components });
    expect((await send("/", post({}))).status).toBe(422);
    await mock.close();
    await start(secured, { validate: false }, { components });
    expect((await send("/", post({}))).status).toBe(401);
    expect((await send("/", post("{", authorization))).status).toBe(200);
  });

  test("for one request", async () => {
    await start(secured, {}, { components });
    expect((await send("/", post({}, { prefer: "validate=false", ...authorization }))).status).toBe(200);
    expect((await send("/", post({ a: 1 }, { prefer: "auth=false" }))).status).toBe(200);
    expect((await send("/", post({}, { prefer: "auth=false" }))).status).toBe(422);
    expect((await send("/", post({}, { prefer: "auth=false, validate=false" }))).status).toBe(200);
  });

  test("401 goes before a body that is no JSON", async () => {
    await start(secured, {}, { components });
    expect((await send("/", post("{"))).status).toBe(401);
  });
});

describe("Prism's options", () => {
  const broken = {
    "/": { get: { responses: { 200: json({ schema: { type: "integer" }, example: "x" }) } } },
  };

  test("--errors answers 500 where an example breaks its schema", async () => {
    await start(broken, { errors: true });
    const { status, body, headers } = await send("/");
    expect([status, body.type, body.validation]).toEqual([
      500,
      "https://stoplight.io/prism/errors#VIOLATIONS",
      [
        {
          location: ["response", "body"],
          severity: "Error",
          code: "type",
          message: "Response body must be integer",
        },
      ],
    ]);
    expect(headers.get("sl-violations")).toContain("must be integer");
  });

  test("--ignoreExamples samples the schema", async () => {
    await start(broken, { ignoreExamples: true });
    expect((await send("/")).body).toBe(0);
  });

  test("--dynamic, and Prefer: dynamic=false against it", async () => {
    const schema = { type: "integer", minimum: 1_000 };
    await start(
      { "/": { get: { responses: { 200: json({ schema, example: 1_500 }) } } } },
      { dynamic: true, seed: "1" },
    );
    expect((await send("/", { headers: { prefer: "dynamic=false" } })).body).toBe(1_500);
    expect((await send("/")).body).not.toBe(1_500);
  });

  test("--no-cors sends no CORS headers", async () => {
    await start({ "/": { get: { responses: ok } } }, { cors: false });
    expect((await send("/")).headers.get("access-control-allow-origin")).toBeNull();
    expect(
      (
        await send("/", {
          method: "OPTIONS",
          headers: { origin: "http://a", "access-control-request-method": "GET" },
        })
      ).status,
    ).toBe(405);
  });

  test("cuts sl-violations where clients would refuse the header", async () => {
    const properties = Object.fromEntries(
      Array.from({ length: 200 }, (_, i) => [`property${i}`, { type: "integer" }]),
    );
    const example = Object.fromEntries(Object.keys(properties).map((name) => [name, "é"]));
    await start({
      "/": { get: { responses: { 200: json({ schema: { type: "object", properties }, example }) } } },
    });
    const value = (await send("/")).headers.get("sl-violations") ?? "";
    expect(value).toMatch(/^Too many violations! \[/);
    expect(value.length).toBeLessThan(8 * 1024);
  });

  test("sends headers of every type, and none that HTTP forbids", async () => {
    const headers = {
      "X-Bool": { schema: { type: "boolean" } },
      "X-List": { schema: { type: "array", items: { type: "string" }, minItems: 2 } },
      "X-Break": { schema: { type: "string" }, example: "a\r\nset-cookie: b" },
      "Content-Type": { schema: { type: "string" }, example: "text/html" },
    };
    await start({ "/": { get: { responses: { 200: { ...ok[200], headers } } } } });
    const answer = await send("/");
    expect([
      answer.headers.get("x-bool"),
      answer.headers.get("x-list"),
      answer.headers.get("x-break"),
      answer.headers.get("content-type"),
    ]).toEqual(["true", "string,string", null, "application/json"]);
  });

  test("reads repeated Prefer headers as one", async () => {
    await start({
      "/": {
        get: {
          responses: {
            200: json({ examples: { a: { value: 1 }, b: { value: 2 } } }),
            404: json({ examples: { c: { value: 3 } } }),
          },
        },
      },
    });
    const answer = await raw("GET", "/", { prefer: ["code=404", "example=c"] });
    expect([answer.status, answer.text]).toEqual([404, "3"]);
  });

  test("answers where the document's media type cannot be sent", async () => {
    await start({
      "/": {
        get: {
          responses: {
            200: { description: "ok", content: { "text/plain; x=\u20ac\n": { example: "text" } } },
          },
        },
      },
    });
    expect(await raw("GET", "/")).toEqual({ status: 200, text: "text" });
  });

  test("sends callbacks to where the request asks", async () => {
    const received: { url: string | undefined; method: string | undefined; body: string; header: unknown }[] =
      [];
    const arrived = Promise.withResolvers<void>();
    const receiver = createServer(async (incoming, outgoing) => {
      let body = "";
      for await (const chunk of incoming) body += chunk;
      received.push({ url: incoming.url, method: incoming.method, body, header: incoming.headers["x-kind"] });
      outgoing.end();
      arrived.resolve();
    });
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    const results: string[] = [];
    const schema = { type: "object", properties: { event: { type: "string", example: "done" } } };
    const callbacks = {
      onDone: {
        "{$request.body#/callbackUrl}/{$request.query.part}/{$response.body#/ok}": {
          post: {
            parameters: [{ name: "X-Kind", in: "header", schema: { type: "string", example: "job" } }],
            requestBody: { content: { "application/json": { schema } } },
            responses: { 200: { description: "ok" } },
          },
        },
      },
    };
    const requestBody = { content: { "application/json": { schema: {} } } };
    const parameters = [{ name: "part", in: "query", schema: { type: "string" } }];
    await start(
      { "/jobs": { post: { parameters, requestBody, callbacks, responses: ok } } },
      { onCallback: ({ outcome }) => results.push(outcome) },
    );
    await send(
      "/jobs?part=p",
      post({ callbackUrl: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook` }),
    );
    await arrived.promise;
    expect(received).toEqual([
      { url: "/hook/p/true", method: "POST", body: '{"event":"done"}', header: "job" },
    ]);
    await expect.poll(() => results).toEqual(["answered 200"]);
    receiver.close();
    await send("/jobs?part=p", post({ callbackUrl: "http://127.0.0.1:9" }));
    await expect.poll(() => results[1]).toMatch(/^failed: /);
  });
});

describe("the document itself", () => {
  test("is served at /openapi.json, and as a page that loads and runs nothing at /docs", async () => {
    await start(
      { "/pets": { get: { summary: "All <pets>", responses: ok } } },
      {},
      { info: { title: "Pets & co", version: "1" } },
    );
    expect((await send("/openapi.json")).body.info.title).toBe("Pets & co");
    const { body, headers } = await send("/docs");
    expect(body).toContain("Pets &amp; co");
    expect(body).toContain("All &lt;pets>");
    expect(body).not.toMatch(/<script|src=|@import/);
    expect(headers.get("content-security-policy")).toMatch(/^default-src 'none'/);
    const browser = { headers: { accept: "text/html,*/*;q=0.8" }, redirect: "manual" } as const;
    expect((await send("/", browser)).headers.get("location")).toBe("/docs");
    expect((await send("/")).status).toBe(404);
  });

  test("gives way to a document that describes these paths", async () => {
    await start({ "/docs": { get: { responses: ok } } });
    expect((await send("/docs")).body).toEqual({ ok: true });
  });
});

describe("used in a program", () => {
  test("answers fetch() without a port and remembers the requests", async () => {
    const requestBody = { content: { "application/json": { schema: { type: "object", required: ["a"] } } } };
    mock = await createMock(
      contract({ "/pets": { post: { operationId: "createPet", requestBody, responses: ok } } }),
      { port: false },
    );
    expect((await mock.fetch("/pets?x=1", post({ a: 1 }))).status).toBe(200);
    expect((await mock.fetch(new Request("http://anywhere.example/pets", post({})))).status).toBe(422);
    expect(mock.requests).toMatchObject([
      {
        method: "POST",
        path: "/pets",
        query: { x: "1" },
        body: { a: 1 },
        operationId: "createPet",
        status: 200,
        violations: [],
      },
      { status: 422, violations: ["Request body must have required property 'a'"] },
    ]);
  });

  test("keeps the last thousand requests", async () => {
    mock = await createMock(contract({ "/{n}": { get: { responses: ok } } }), { port: false });
    for (let n = 1; n <= 1_005; n++) await mock.fetch(`/${n}`);
    expect(mock.requests).toHaveLength(1_000);
    expect([mock.requests[0]?.path, mock.requests.at(-1)?.path]).toEqual(["/6", "/1005"]);
  });

  test("lets a backend answer, unless a documented answer is forced", async () => {
    const seen: string[] = [];
    const backend = async (incoming: Request) => {
      seen.push(`${incoming.method} ${new URL(incoming.url).pathname} ${await incoming.text()}`);
      return Response.json({ real: true }, { status: 201, headers: { "x-real": "yes" } });
    };
    const requestBody = { content: { "application/json": { schema: {} } } };
    const responses = { 201: json({ example: {} }), 429: json({ example: { message: "slow down" } }) };
    await start({ "/pets": { post: { requestBody, responses } } }, { backend });
    const real = await send("/pets", post({ a: 1 }));
    expect([real.status, real.body, real.headers.get("x-real")]).toEqual([201, { real: true }, "yes"]);
    expect((await send("/pets", post({}, { prefer: "code=429" }))).body).toEqual({ message: "slow down" });
    expect(seen).toEqual(['POST /pets {"a":1}']);
  });

  test("says what went wrong in a backend without showing its insides", async () => {
    await start(
      { "/": { get: { responses: ok } } },
      { backend: () => Promise.reject(new Error("no database\n    at secret.ts:1")) },
    );
    const { status, body } = await send("/");
    expect([status, body.detail]).toEqual([500, "The mock could not answer: no database"]);
  });

  test("serves extra routes beside the document", async () => {
    const routes = {
      "POST /oauth/token": async (incoming: Request) => Response.json({ for: await incoming.text() }),
    };
    await start({ "/": { get: { responses: ok } } }, { routes });
    expect((await send("/oauth/token", { method: "POST", body: "x" })).body).toEqual({ for: "x" });
    expect((await send("/oauth/token")).status).toBe(404);
  });
});

function raw(
  method: string,
  path: string,
  headers: Record<string, string | string[]> = {},
  body?: string,
): Promise<{ status: number | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(mock.url + path, { method, headers }, async (response) => {
      let text = "";
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode, text });
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
