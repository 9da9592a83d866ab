import { afterEach, describe, expect, test } from "vitest";
import { type CreateMockOptions, createMock, type Mock } from "../../../toolkit/mock/mock.ts";
import { contract, json } from "./contract.ts";

let mock: Mock;
afterEach(() => mock.close());

const pet = {
  type: "object",
  required: ["id", "name"],
  properties: {
    id: { type: "integer", readOnly: true },
    name: { type: "string" },
    status: { type: "string" },
    secret: { type: "string", writeOnly: true },
    createdAt: { type: "string", format: "date-time", readOnly: true },
  },
};
const shop = {
  "/pets": {
    get: {
      parameters: ["status", "limit", "offset"].map((name) => ({
        name,
        in: "query",
        schema: { type: "string" },
      })),
      responses: { 200: json({ schema: { type: "array", items: pet }, example: [{ id: 7, name: "Rex" }] }) },
    },
    post: {
      requestBody: { content: { "application/json": { schema: pet } } },
      responses: { 201: json({ schema: pet }), 409: json({ example: { message: "taken" } }) },
    },
    delete: { responses: { 204: { description: "gone" } } },
    put: {
      requestBody: { content: { "application/json": { schema: { type: "array" } } } },
      responses: { 200: json({ schema: { type: "array", items: pet } }) },
    },
  },
  "/pets/{petId}": {
    get: {
      responses: {
        200: json({ schema: pet, example: { id: 1, name: "Example" } }),
        404: json({ example: { message: "no such pet" } }),
      },
    },
    put: {
      requestBody: { content: { "application/json": { schema: pet } } },
      responses: { 200: json({ schema: pet }) },
    },
    patch: {
      requestBody: { content: { "application/json": { schema: { type: "object" } } } },
      responses: { 200: json({ schema: pet }) },
    },
    delete: { responses: { 204: { description: "gone" } } },
  },
  "/pets/{petId}/toys": {
    get: { responses: { 200: json({ example: { toys: [], total: 0, next: null } }) } },
    post: {
      requestBody: { content: { "application/json": { schema: { type: "object" } } } },
      responses: {
        201: json({
          schema: {
            type: "object",
            properties: { id: { type: "string", format: "uuid" }, name: { type: "string" } },
          },
        }),
      },
    },
  },
};

async function start(options: CreateMockOptions = { stateful: true }, paths: Record<string, unknown> = shop) {
  mock = await createMock(contract(paths), options);
}

async function send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(mock.url + path, {
    method,
    headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text && JSON.parse(text) };
}

describe("--stateful", () => {
  test("lists what was created, after what the examples show", async () => {
    await start();
    const created = await send("POST", "/pets", { name: "Tom", status: "new" });
    expect([created.status, created.headers.get("location")]).toEqual([201, "/pets/8"]);
    expect(created.body).toEqual({ id: 8, name: "Tom", status: "new", createdAt: "2019-08-24T14:15:22Z" });
    expect((await send("GET", "/pets")).body).toEqual([{ id: 7, name: "Rex" }, created.body]);
    expect((await send("GET", "/pets/8")).body).toEqual(created.body);
    expect((await send("HEAD", "/pets/8")).status).toBe(200);
  });

  test("answers from the examples what it knows nothing of", async () => {
    await start();
    expect((await send("GET", "/pets/1")).body).toEqual({ id: 1, name: "Example" });
    expect((await send("GET", "/pets")).body).toEqual([{ id: 7, name: "Rex" }]);
  });

  test("changes with PATCH (JSON Merge Patch) and PUT, created or only exemplified", async () => {
    await start();
    expect((await send("PATCH", "/pets/3", { status: "sold" })).body).toEqual({
      id: 3,
      name: "Example",
      status: "sold",
    });
    expect((await send("PATCH", "/pets/3", { status: null })).body).toEqual({ id: 3, name: "Example" });
    expect((await send("PUT", "/pets/3", { name: "New" })).body).toEqual({ id: 3, name: "New" });
    expect((await send("GET", "/pets/3")).body).toEqual({ id: 3, name: "New" });
  });

  test("forgets with DELETE: 404 as documented from then on", async () => {
    await start();
    expect((await send("DELETE", "/pets/7")).status).toBe(204);
    expect(await send("GET", "/pets/7")).toMatchObject({ status: 404, body: { message: "no such pet" } });
    expect((await send("DELETE", "/pets/7")).status).toBe(404);
    expect((await send("GET", "/pets")).body).toEqual([]);
    expect((await send("POST", "/pets", { name: "Next" })).body.id).toBe(8);
  });

  test("empties and replaces a whole collection", async () => {
    await start();
    await send("PUT", "/pets", [
      { id: 1, name: "A" },
      { id: 2, name: "B" },
    ]);
    expect((await send("GET", "/pets")).body).toEqual([
      { id: 1, name: "A" },
      { id: 2, name: "B" },
    ]);
    expect((await send("GET", "/pets/9")).status).toBe(404);
    await send("DELETE", "/pets");
    expect((await send("GET", "/pets")).body).toEqual([]);
  });

  test("refuses an id that is taken, as documented", async () => {
    await start();
    expect(await send("POST", "/pets", { id: 7, name: "Again" })).toMatchObject({
      status: 409,
      body: { message: "taken" },
    });
  });

  test("never shows what is writeOnly", async () => {
    await start();
    expect((await send("POST", "/pets", { name: "Tom", secret: "s3cret" })).body).not.toHaveProperty(
      "secret",
    );
    expect(JSON.stringify((await send("GET", "/pets")).body)).not.toContain("s3cret");
  });

  test("filters and pages as documented", async () => {
    await start();
    for (const [name, status] of [
      ["A", "new"],
      ["B", "sold"],
      ["C", "new"],
    ])
      await send("POST", "/pets", { name, status });
    const names = async (query: string) =>
      ((await send("GET", `/pets${query}`)).body as { name: string }[]).map(({ name }) => name);
    expect(await names("?status=sold")).toEqual(["Rex", "B"]);
    expect(await names("?limit=2&offset=1")).toEqual(["A", "B"]);
  });

  test("keeps nested collections apart, in the envelope of their list", async () => {
    await start();
    const { body: toy } = await send("POST", "/pets/1/toys", { name: "ball" });
    expect(toy).toMatchObject({ name: "ball", id: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect((await send("GET", "/pets/1/toys")).body).toEqual({ toys: [toy], total: 1, next: null });
    expect((await send("GET", "/pets/2/toys")).body).toEqual({ toys: [], total: 0, next: null });
    await send("DELETE", "/pets/1");
    expect((await send("GET", "/pets/1/toys")).body.toys).toEqual([]);
  });

  test("changes nothing where an answer is forced or the request is invalid", async () => {
    await start();
    await send("POST", "/pets", { name: "Tom" }, { prefer: "code=409" });
    expect((await send("POST", "/pets", { status: "nameless" })).status).toBe(422);
    expect((await send("GET", "/pets")).body).toEqual([{ id: 7, name: "Rex" }]);
  });

  test("begins with seed data, which is then all there is", async () => {
    await start({
      seedData: { "/pets": [{ id: 1, name: "Seed" }], "/pets/{petId}/toys": [{ id: "a", name: "rope" }] },
    });
    expect((await send("GET", "/pets")).body).toEqual([{ id: 1, name: "Seed" }]);
    expect((await send("GET", "/pets/1")).body.name).toBe("Seed");
    expect((await send("GET", "/pets/2")).status).toBe(404);
    expect((await send("GET", "/pets/1/toys")).body).toMatchObject({
      toys: [{ id: "a", name: "rope" }],
      total: 1,
    });
  });

  test("is off unless asked for", async () => {
    await start({});
    await send("POST", "/pets", { name: "Tom" });
    expect((await send("GET", "/pets")).body).toEqual([{ id: 7, name: "Rex" }]);
  });
});
