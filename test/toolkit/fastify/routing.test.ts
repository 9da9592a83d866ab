import cors from "@fastify/cors";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { routingContract } from "../../fixtures/routing.ts";
import { serve, start } from "./serve.ts";

/** Which operations were called, with which path parameters. */
const calls: unknown[] = [];
const ids = Object.values(routingContract.paths).flatMap((item) =>
  Object.values(item).flatMap((operation) => ("operationId" in operation ? [operation.operationId] : [])),
);
const handlers = Object.fromEntries(
  ids.map((id) => [
    id,
    ({ params }: { params: unknown }) => {
      calls.push([id, params]);
      return { status: 204 };
    },
  ]),
);
const { app, send } = await start(routingContract, { handlers });
afterAll(() => app.close());
beforeEach(() => calls.splice(0));

describe("routing", () => {
  test.each([
    ["/api/v2", "root", {}],
    ["/api/v2/pets", "listPets", {}],
    ["/api/v2/pets/auth0%7Cabc", "getPet", { "pet-id": "auth0|abc" }],
    ["/api/v2/pets/a%2Fb", "getPet", { "pet-id": "a/b" }],
    ["/api/v2/pets/a%25e%2525", "getPet", { "pet-id": "a%e%25" }],
    ["/api/v2/a/1/2", "alike", { "x-y": "1", x_y: "2" }],
    ["/api/v2/files/report.pdf", "getFile", { name: "report", extension: "pdf" }],
    ["/api/v2/v3", "getMajor", { major: "3" }],
    ["/api/v2/odd:name", "colon", {}],
    ["/api/v2/caf%C3%A9", "encoded", {}],
  ])("GET %s reaches %s", async (path, operationId, params) => {
    expect((await send("GET", path)).status).toBe(204);
    expect(calls).toEqual([[operationId, params]]);
  });

  test("a parameter keeps its name, whatever the router calls it", async () => {
    await send("DELETE", "/api/v2/pets/1/toys/2");
    expect(calls).toEqual([["deleteToy", { "pet-id": "1", toy_id: "2" }]]);
  });

  test("the option prefix replaces the base path of the server's URL", async () => {
    const { send } = await serve(routingContract, { handlers, prefix: "/v9" });
    expect((await send("GET", "/v9/pets")).status).toBe(204);
    expect((await send("GET", "/api/v2/pets")).status).toBe(404);
  });

  test("an unknown path is the application's 404", async () => {
    expect((await send("GET", "/api/v2/nothing")).status).toBe(404);
  });

  test.each(["/api/v2/pets/%zz", "/api/v2/pets/%C3%28", "/api/v2/pets/%"])(
    "malformed %s is 400",
    async (path) => {
      expect((await send("GET", path)).status).toBe(400);
      expect(calls).toEqual([]);
    },
  );

  test("routes carry their operationId for metrics and logs", async () => {
    const seen: unknown[] = [];
    const { send } = await serve(routingContract, {
      handlers,
      before: (app) =>
        app.addHook("onResponse", async ({ routeOptions }) => seen.push(routeOptions.config.operationId)),
    });
    await send("GET", "/api/v2/pets");
    expect(seen).toEqual(["listPets"]);
  });
});

describe("methods", () => {
  test.each(["PUT", "PATCH", "DELETE"])(
    "%s on a path that lacks it is 405 with Allow, body unread",
    async (method) => {
      const response = await send(method, "/api/v2/pets", {
        raw: "{{",
        headers: { "content-type": "text/html" },
      });
      expect(response).toMatchObject({
        status: 405,
        headers: { allow: "GET, POST, HEAD" },
        body: { name: "MethodNotAllowedError", allow: ["GET", "POST", "HEAD"] },
      });
    },
  );

  test("a concrete path comes before a template, also for the methods it lacks", async () => {
    expect(await send("GET", "/api/v2/pets/first")).toMatchObject({
      status: 405,
      headers: { allow: "POST" },
    });
  });

  test("HEAD of a GET is answered without a body, and one of its own by its own", async () => {
    expect(await send("HEAD", "/api/v2/pets")).toMatchObject({ status: 204, text: "" });
    expect(await send("HEAD", "/api/v2/explicit")).toMatchObject({ status: 204, text: "" });
    expect(calls).toEqual([
      ["listPets", {}],
      ["headExplicit", {}],
    ]);
  });

  test("HEAD works where the server does not expose it by default", async () => {
    const { send } = await serve(routingContract, { handlers, server: { exposeHeadRoutes: false } });
    expect((await send("HEAD", "/api/v2/pets/1")).status).toBe(204);
    expect((await send("HEAD", "/api/v2/pets/1/toys/2")).status).toBe(405);
  });

  test("OPTIONS stays the CORS plugin's", async () => {
    const { send } = await serve(routingContract, {
      handlers,
      before: (app) => app.register(cors, { origin: "https://app.example" }),
    });
    const headers = { origin: "https://app.example", "access-control-request-method": "POST" };
    const preflight = await send("OPTIONS", "/api/v2/pets", { headers });
    expect(preflight).toMatchObject({
      status: 204,
      headers: { "access-control-allow-origin": "https://app.example" },
    });
  });

  test("two contracts live in one application", async () => {
    const { app, send } = await serve(routingContract, {
      handlers,
      before: async (instance) => {
        const { registerContract } = await import("../../../toolkit/fastify/register.ts");
        await registerContract(instance, {
          document: {
            openapi: "3.0.3",
            paths: { "/other": { get: { operationId: "other", responses: { 204: { description: "" } } } } },
          },
          handlers: { other: () => ({ status: 204 }) } as never,
          securityHandlers: {},
        });
      },
    });
    expect(app.hasRoute({ method: "GET", url: "/other" })).toBe(true);
    expect((await send("GET", "/other")).status).toBe(204);
    expect((await send("GET", "/api/v2/pets")).status).toBe(204);
  });
});
