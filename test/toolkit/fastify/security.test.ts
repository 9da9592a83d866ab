import type { FastifyRequest } from "fastify";
import { describe, expect, test } from "vitest";
import { securityContract } from "../../fixtures/security.ts";
import { serve } from "./serve.ts";

class Refusal extends Error {
  readonly statusCode: number;
  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

const operations = ["documentLevel", "operationLevel", "both", "either", "optional", "open"];

/** Serves the contract; a bearer token is its comma-separated scopes. Tells which principals the handlers saw. */
async function serveSecured(overrides: Record<string, (request: FastifyRequest) => unknown> = {}) {
  const principals: unknown[] = [];
  const handler = (_input: unknown, { principal }: { principal: unknown }) => {
    principals.push(principal);
    return { status: 204 };
  };
  const served = await serve(securityContract, {
    handlers: Object.fromEntries(operations.map((id) => [id, handler])),
    securityHandlers: {
      bearer(request, scopes) {
        const token = request.headers.authorization?.replace("Bearer ", "");
        if (token === undefined) throw new Refusal(401, "no token");
        if (!scopes.every((scope) => token.split(",").includes(scope))) throw new Refusal(403, "no scope");
        return `bearer ${token}`;
      },
      async key(request) {
        if (request.headers["x-key"] === undefined) throw new Refusal(401, "no key");
        return "key";
      },
      ...overrides,
    },
  });
  return { ...served, principals };
}

const bearer = (scopes: string) => ({ headers: { authorization: `Bearer ${scopes}` } });

describe("security", () => {
  test("an anonymous bad request is 401: who asks is checked before the media type, the body and the parameters", async () => {
    const { send } = await serveSecured();
    for (const headers of [{}, { "content-type": "text/html" }, { "content-type": "application/json" }]) {
      const response = await send("POST", "/document-level?unknown=1", { raw: "{{", headers });
      expect(response).toMatchObject({ status: 401, body: { message: "no token" } });
    }
  });

  test("a refusal comes before the body is read", async () => {
    const { send } = await serveSecured();
    // The server would wait for the rest of a body that it wanted.
    const response = await send("POST", "/document-level", {
      raw: '"start',
      headers: { "content-type": "application/json", "content-length": "1000" },
    });
    expect(response.status).toBe(401);
  });

  test("the document's requirement holds where an operation has none of its own", async () => {
    const { send, principals } = await serveSecured();
    expect((await send("POST", "/document-level", { json: "x", ...bearer("write") })).status).toBe(403);
    const { headers } = bearer("read");
    const allowed = await send("POST", "/document-level", {
      raw: '"x"',
      headers: { ...headers, "content-type": "application/json" },
    });
    expect(allowed.status).toBe(204);
    expect(principals).toEqual(["bearer read"]);
  });

  test("an operation's requirement replaces the document's, with all of its scopes", async () => {
    const { send } = await serveSecured();
    expect((await send("GET", "/operation-level", bearer("read"))).status).toBe(403);
    expect((await send("GET", "/operation-level", bearer("write"))).status).toBe(403);
    expect((await send("GET", "/operation-level", bearer("write,admin"))).status).toBe(204);
  });

  test("schemes of one requirement must all hold, and the first one says who is asking", async () => {
    const { send, principals } = await serveSecured();
    expect((await send("GET", "/both", bearer("read"))).body.message).toBe("no key");
    expect((await send("GET", "/both", { headers: { "x-key": "k" } })).body.message).toBe("no token");
    expect(
      (await send("GET", "/both", { headers: { "x-key": "k", authorization: "Bearer a" } })).status,
    ).toBe(204);
    expect(principals).toEqual(["bearer a"]);
  });

  test("of alternatives one must hold; where none does, the first one's refusal is told", async () => {
    const { send, principals } = await serveSecured();
    expect((await send("GET", "/either", { headers: { "x-key": "k" } })).status).toBe(204);
    expect((await send("GET", "/either", bearer("a"))).status).toBe(204);
    expect(principals).toEqual(["key", "bearer a"]);
    expect(await send("GET", "/either")).toMatchObject({ status: 401, body: { message: "no token" } });
  });

  test("an empty requirement lets anonymous callers in and still knows those who say who they are", async () => {
    const { send, principals } = await serveSecured();
    expect((await send("GET", "/optional")).status).toBe(204);
    expect((await send("GET", "/optional", { headers: { "x-key": "k" } })).status).toBe(204);
    expect(principals).toEqual([undefined, "key"]);
  });

  test("an empty list lets everyone in", async () => {
    const { send, principals } = await serveSecured();
    expect((await send("GET", "/open")).status).toBe(204);
    expect(principals).toEqual([undefined]);
  });

  test.each([
    ["throws undefined", () => Promise.reject(undefined)],
    [
      "throws a string",
      () => {
        throw "no";
      },
    ],
    ["rejects with null", () => Promise.reject(null)],
  ])("a security handler that %s opens nothing", async (_, refuse) => {
    const { send, principals } = await serveSecured({ bearer: refuse });
    expect((await send("GET", "/operation-level")).status).toBe(500);
    expect(principals).toEqual([]);
  });

  test("a handler is given the credential that its scheme asks for", async () => {
    const schemes = {
      bearer: { type: "http", scheme: "bearer" },
      basic: { type: "http", scheme: "Basic" },
      query: { type: "apiKey", in: "query", name: "key" },
      cookie: { type: "apiKey", in: "cookie", name: "key" },
      mutual: { type: "mutualTLS" },
    };
    const names = Object.keys(schemes);
    const { send } = await serve(
      {
        openapi: "3.1.0",
        components: { securitySchemes: schemes },
        paths: Object.fromEntries(
          names.map((name) => [
            `/${name}`,
            {
              get: {
                operationId: name,
                security: [{ [name]: [] }],
                responses: { 200: { description: "ok", content: { "application/json": {} } } },
              },
            },
          ]),
        ),
      },
      {
        handlers: Object.fromEntries(
          names.map((name) => [
            name,
            (_: unknown, { principal }: { principal: unknown }) => ({ status: 200, body: principal }),
          ]),
        ),
        securityHandlers: Object.fromEntries(
          names.map((name) => [name, (_request, _scopes, credential) => [credential ?? null]]),
        ),
      },
    );
    const given = async (path: string, headers: Record<string, string> = {}) =>
      (await send("GET", path, { headers })).body;
    expect(await given("/bearer", { authorization: "bearer  abc" })).toEqual(["abc"]);
    expect(await given("/bearer", { authorization: "Basic abc" })).toEqual([null]);
    expect(await given("/basic", { authorization: "BASIC YTpiOmM=" })).toEqual(["a:b:c"]);
    expect(await given("/query?key=a%20b&key=c")).toEqual(["a b"]);
    expect(await given("/cookie", { cookie: 'other=1; key="x"' })).toEqual(["x"]);
    expect(await given("/mutual", { authorization: "Bearer abc" })).toEqual([null]);
  });

  test("a scheme that is not defined lets nobody in, where the start is lenient enough to serve it", async () => {
    const document = {
      openapi: "3.1.0",
      paths: {
        "/": {
          get: { operationId: "get", security: [{ lost: [] }], responses: { 204: { description: "Done" } } },
        },
      },
    };
    const options = {
      handlers: { get: () => ({ status: 204 }) },
      securityHandlers: { lost: () => "anyone" },
    };
    await expect(serve(document, options)).rejects.toThrow('asks for the security scheme "lost"');
    const { send } = await serve(document, { ...options, lenient: true });
    expect((await send("GET", "/", bearer("x"))).status).toBe(403);
  });

  test("HEAD of a GET asks for the same", async () => {
    const { send } = await serveSecured();
    expect((await send("HEAD", "/operation-level")).status).toBe(401);
    expect((await send("HEAD", "/operation-level", bearer("write,admin"))).status).toBe(204);
  });
});
