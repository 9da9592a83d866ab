import { request } from "node:http";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { type CreateMockOptions, createMock, type Mock } from "../../../toolkit/mock/mock.ts";
import { contract, json } from "./contract.ts";

let mock: Mock | undefined;
afterEach(() => mock?.close());

async function start(paths: Record<string, unknown>, options: CreateMockOptions = {}): Promise<Mock> {
  await mock?.close();
  mock = await createMock(contract(paths), { port: false, ...options });
  return mock;
}

describe("a media type that the document leaves open", () => {
  const range = (mediaType: string, example: unknown) => ({
    "/": { get: { responses: { 200: { description: "ok", content: { [mediaType]: { example } } } } } },
  });

  test.each([
    ["*/*", "application/json", "application/json"],
    ["*/*", "*/*", "application/json"],
    ["*/*", "text/html, */*;q=0.1", "application/json"],
    ["application/*", "application/json", "application/json"],
    ["application/*", "application/*", "application/json"],
  ])("%s is an object asked for as %s sent as %s", async (mediaType, accept, sent) => {
    const { fetch } = await start(range(mediaType, { a: 1 }));
    const response = await fetch("/", { headers: { accept } });
    expect([response.status, response.headers.get("content-type")]).toEqual([200, sent]);
    expect(await response.json()).toEqual({ a: 1 });
  });

  test.each([
    ["text/*", "text/csv", "text/csv"],
    ["text/*", "*/*", "text/plain"],
    ["*/*", "text/html", "text/html"],
  ])("%s is text asked for as %s sent as %s", async (mediaType, accept, sent) => {
    const { fetch } = await start(range(mediaType, "a,b"));
    const response = await fetch("/", { headers: { accept } });
    expect([response.status, response.headers.get("content-type")]).toEqual([200, sent]);
    expect(await response.text()).toBe("a,b");
  });

  test("does not include what lies outside", async () => {
    const { fetch } = await start(range("text/*", "a,b"));
    expect((await fetch("/", { headers: { accept: "application/json" } })).status).toBe(406);
  });
});

test("takes an empty Accept for none", async () => {
  const { fetch } = await start({ "/": { get: { responses: { 200: json({ example: { ok: true } }) } } } });
  const response = await fetch("/", { headers: { accept: "" } });
  expect([response.status, await response.json()]).toEqual([200, { ok: true }]);
});

test("answers 200 without a body where no response is documented", async () => {
  const { fetch } = await start({ "/": { get: {} } });
  const response = await fetch("/");
  expect([response.status, await response.text()]).toEqual([200, ""]);
});

describe("headers of the document", () => {
  const names =
    "Content-Encoding Content-Length Content-Range Transfer-Encoding Connection Keep-Alive Upgrade Trailer TE Access-Control-Allow-Origin Access-Control-Allow-Credentials Access-Control-Max-Age";

  test("that tell of bytes, connections or origins are never copied; the others are", async () => {
    const headers = Object.fromEntries(
      [...names.split(" "), "Content-Disposition", "X-Rate"].map((name) => [
        name,
        { schema: { type: "string" }, example: "gzip" },
      ]),
    );
    const { url } = await start(
      { "/": { get: { responses: { 200: { ...json({ example: { ok: true } }), headers } } } } },
      { port: 0, cors: false },
    );
    const got = await new Promise<{ headers: Record<string, unknown>; text: string }>((resolve, reject) => {
      request(url, (response) => {
        let text = "";
        response.on("data", (chunk) => (text += chunk));
        response.on("end", () => resolve({ headers: response.headers, text }));
      })
        .on("error", reject)
        .end();
    });
    expect(got.text).toBe('{"ok":true}');
    expect(got.headers).toMatchObject({
      "content-length": "11",
      "content-disposition": "gzip",
      "x-rate": "gzip",
    });
    for (const name of names.toLowerCase().split(" ")) expect(got.headers[name], name).not.toBe("gzip");
  });
});

describe("of several examples", () => {
  const phone = { type: "phone", name: "Ada's phone", phone_number: "XXXX8750", confirmed: true };
  const email = { type: "email", name: "Ada's mail", email: "a***@example.com", confirmed: true };
  const branch = (type: string, member: string) => ({
    type: "object",
    required: ["id", "type", member],
    additionalProperties: false,
    properties: {
      id: { type: "string", readOnly: true },
      type: { const: type },
      name: { type: "string" },
      [member]: { type: "string" },
      confirmed: { type: "boolean", readOnly: true },
    },
  });
  const schema = {
    oneOf: [branch("phone", "phone_number"), branch("email", "email")],
    discriminator: { propertyName: "type" },
  };
  const examples = {
    phone: { value: { id: "p|1", ...phone } },
    email: { value: { id: "e|1", ...email } },
  };
  const paths = {
    "/methods": {
      get: { responses: { 200: json({ schema: { type: "array", items: schema } }) } },
      post: {
        requestBody: { content: { "application/json": { schema: {} } } },
        responses: { 201: json({ schema, examples }) },
      },
    },
    "/methods/{id}": { get: { responses: { 200: json({ schema, examples }) } } },
  };
  const create = (body: object) => ({
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

  test("the one of the type that was sent is chosen, though masked values differ", async () => {
    const { fetch } = await start(paths);
    const answered = async (body: object) => (await fetch("/methods", create(body))).json();
    expect(await answered({ type: "email", email: "ada@example.com" })).toMatchObject(email);
    expect(await answered({ type: "phone", phone_number: "+4912345" })).toMatchObject(phone);
    // More members alike do not outweigh the type.
    expect(
      await answered({ type: "email", name: "Ada's phone", confirmed: true, phone_number: "XXXX8750" }),
    ).toMatchObject(email);
  });

  test("with state nothing of another type is mixed in, and what is remembered is valid", async () => {
    const { fetch } = await start(paths, { stateful: true });
    const response = await fetch("/methods", create({ type: "email", email: "ada@example.com" }));
    expect(response.headers.get("sl-violations")).toBeNull();
    const created = (await response.json()) as Record<string, unknown>;
    expect(created).toMatchObject({ type: "email", email: "ada@example.com", confirmed: true });
    expect(created).not.toHaveProperty("phone_number");
    expect(await (await fetch(response.headers.get("location") ?? "")).json()).toEqual(created);
  });
});

describe("ids of what is created", () => {
  const start_ = (parameter: string, id: object, properties: object, example?: object) =>
    start(
      {
        "/events": {
          get: { responses: { 200: json({ schema: { type: "array", items: { type: "object" } } }) } },
          post: {
            requestBody: { content: { "application/json": { schema: { type: "object" } } } },
            responses: {
              201: json({ schema: { type: "object", properties }, ...(example && { example }) }),
            },
          },
        },
        [`/events/{${parameter}}`]: {
          parameters: [{ name: parameter, in: "path", required: true, schema: id }],
          get: { responses: { 200: json({ schema: { type: "object", properties } }) } },
        },
      },
      { stateful: true },
    );

  test.each<[string, string, object, object, RegExp]>([
    [
      "the name and format of the schema",
      "eventId",
      { type: "string", format: "uuid" },
      { eventId: { type: "string", format: "uuid" }, name: { type: "string" } },
      /^[0-9a-f-]{36}$/,
    ],
    [
      "a name that is spelled otherwise in the path",
      "event_id",
      { type: "string" },
      { eventId: { type: "string", pattern: "^ev_[a-z]{6}$" }, name: { type: "string" } },
      /^ev_[a-z]{6}$/,
    ],
    ["a number", "id", { type: "integer" }, { id: { type: "integer" }, name: { type: "string" } }, /^\d+$/],
    [
      "text where the schema says so though the path would take a number",
      "id",
      {},
      { id: { type: "string" }, name: { type: "string" } },
      /^[0-9a-f-]{36}$/,
    ],
    [
      "what the path takes, where the body shows no id",
      "slug",
      { type: "string", pattern: "^[a-z]{3}-\\d{2}$" },
      { name: { type: "string" } },
      /^[a-z]{3}-\d{2}$/,
    ],
  ])("have %s, and find it again", async (_name, parameter, id, properties, expected) => {
    const { fetch } = await start_(parameter, id, properties);
    const response = await fetch("/events", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name: "Opening" }),
    });
    const location = response.headers.get("location") ?? "";
    expect(response.status).toBe(201);
    expect(decodeURIComponent(location.replace("/events/", ""))).toMatch(expected);
    const again = await fetch(location);
    expect([again.status, await again.json()]).toEqual([200, await response.json()]);
  });

  test("are of the schema's type although the example is invalid elsewhere", async () => {
    const properties = { id: { type: "string" }, name: { type: "string" }, age: { type: "integer" } };
    const { fetch } = await start_("id", { type: "string" }, properties, { id: "a", name: "x", age: "old" });
    const response = await fetch("/events", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name: "Opening" }),
    });
    expect(await response.json()).toMatchObject({ id: expect.any(String), name: "Opening" });
  });
});

describe("a backend", () => {
  test("is passed through whole: encoded bodies, several cookies, the length of a HEAD", async () => {
    const page = gzipSync("<h1>docs</h1>");
    const backend = async (incoming: Request) => {
      const headers = new Headers({ "content-type": "text/html", "content-encoding": "gzip", etag: '"1"' });
      headers.append("set-cookie", "a=1");
      headers.append("set-cookie", "b=2");
      headers.set("content-length", String(page.length));
      return new Response(incoming.method === "HEAD" ? null : new Uint8Array(page), { headers });
    };
    const { url } = await start({}, { port: 0, backend });
    const response = await fetch(`${url}/docs`);
    expect(await response.text()).toBe("<h1>docs</h1>");
    expect(response.headers.get("content-encoding")).toBe("gzip");
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    const head = await fetch(`${url}/docs`, { method: "HEAD" });
    expect(head.headers.get("content-length")).toBe(String(page.length));
  });

  test("gets no preferences, and fails as often as it is told to", async () => {
    const seen: string[] = [];
    const backend = async (incoming: Request, { auth }: { auth: boolean }) => {
      seen.push(`${new URL(incoming.url).search} ${auth}`);
      return Response.json({ from: "backend" });
    };
    const paths = {
      "/": {
        get: {
          responses: { 200: json({ example: { from: "document" } }), 503: json({ example: { busy: true } }) },
        },
      },
    };
    const { fetch } = await start(paths, { backend });
    expect(await (await fetch("/?a=1&__delay=1&__auth=false")).json()).toEqual({ from: "backend" });
    expect(seen).toEqual(["?a=1 false"]);
    expect(await (await fetch("/", { headers: { prefer: "dynamic=true" } })).json()).not.toEqual({
      from: "backend",
    });
    expect(await (await fetch("/?__validate=false")).json()).toEqual({ from: "document" });
    const failing = await start(paths, { backend, fail: 1 });
    expect([(await failing.fetch("/")).status, (await failing.fetch("/elsewhere")).status]).toEqual([
      503, 200,
    ]);
  });
});
