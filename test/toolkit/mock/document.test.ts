import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { createMock, type Mock } from "../../../toolkit/mock/mock.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { contract, json } from "./contract.ts";

let mock: Mock | undefined;
afterEach(() => mock?.close());

async function folder(files: Record<string, string>): Promise<string> {
  const path = await temporaryFolder();
  for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text);
  return path;
}

const get = async (path: string) => (await mock?.fetch(path))?.json();

describe("a document is read", () => {
  test("from JSON and from YAML", async () => {
    const path = await folder({
      "a.json": JSON.stringify(contract({ "/a": { get: { responses: { 200: json({ example: "a" }) } } } })),
      "b.yaml":
        'openapi: 3.0.0\npaths:\n  /b: {get: {responses: {"200": {description: ok, content: {application/json: {example: b}}}}}}\n',
    });
    mock = await createMock([join(path, "a.json"), join(path, "b.yaml")]);
    expect([await get("/a"), await get("/b")]).toEqual(["a", "b"]);
  });

  test("from a URL of this machine, with what it refers to", async () => {
    const server = createServer((request, response) => {
      const files: Record<string, unknown> = {
        "/openapi.json": contract({
          "/pets": { get: { responses: { 200: json({ schema: { $ref: "pet.json#/Pet" } }) } } },
        }),
        "/pet.json": { Pet: { type: "object", properties: { name: { type: "string", default: "Rex" } } } },
      };
      response.end(JSON.stringify(files[request.url ?? ""]));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    mock = await createMock(`http://127.0.0.1:${(server.address() as AddressInfo).port}/openapi.json`);
    expect(await get("/pets")).toEqual({ name: "Rex" });
    server.close();
  });

  test("across files that refer to each other in a circle", async () => {
    const path = await folder({
      "openapi.yaml": `
openapi: 3.1.0
paths:
  /owner: { $ref: paths.yaml#/owner }
  /pets/{id}: { get: { responses: { "200": { $ref: response.yaml } } } }
`,
      "paths.yaml": `owner: { get: { responses: { "200": { description: ok, content: { application/json: { schema: { $ref: owner.yaml } } } } } } }`,
      "response.yaml": `{ description: ok, content: { application/json: { schema: { $ref: "pet.yaml#/Pet" } } } }`,
      "pet.yaml": `Pet: { type: object, required: [name], properties: { name: { type: string }, friend: { $ref: "#/Pet" }, owner: { $ref: owner.yaml } } }`,
      "owner.yaml": `{ type: object, properties: { pets: { type: array, items: { $ref: "pet.yaml#/Pet" } } } }`,
    });
    mock = await createMock(join(path, "openapi.yaml"));
    expect(await get("/owner")).toEqual({ pets: [{ name: "string" }] });
    expect(await get("/pets/1")).toEqual({ name: "string", owner: { pets: [] } });
    expect(mock.documents[0]?.files.map((file) => file.slice(path.length + 1)).sort()).toEqual([
      "openapi.yaml",
      "owner.yaml",
      "paths.yaml",
      "pet.yaml",
      "response.yaml",
    ]);
  });

  test("from a discriminator that maps to files", async () => {
    const path = await folder({
      "openapi.yaml": `
openapi: 3.1.0
paths:
  /pet:
    get:
      responses:
        "200":
          description: ok
          content:
            application/json:
              schema:
                oneOf: [{ $ref: cat.yaml }]
                discriminator: { propertyName: kind, mapping: { feline: ./cat.yaml } }
`,
      "cat.yaml": "{ type: object, required: [kind], properties: { kind: { type: string } } }",
    });
    mock = await createMock(join(path, "openapi.yaml"));
    expect(await get("/pet")).toEqual({ kind: "feline" });
  });
});

describe("what can be mocked is mocked", () => {
  test("without info, operationId, examples, and with parameters that have no schema", async () => {
    mock = await createMock({
      openapi: "3.0.0",
      paths: {
        "/bare": {
          get: { parameters: [{ name: "q", in: "query" }], responses: { 200: { description: "ok" } } },
        },
        "/nothing": { get: {} },
      },
    });
    expect((await mock.fetch("/bare?q=1")).status).toBe(200);
    const nothing = await mock.fetch("/nothing");
    expect([nothing.status, await nothing.text()]).toEqual([200, ""]);
  });

  test("around a reference that leads nowhere, or in a circle, which is reported", async () => {
    mock = await createMock(
      contract(
        {
          "/good": { get: { responses: { 200: json({ example: 1 }) } } },
          "/nowhere": {
            get: { responses: { 200: json({ schema: { $ref: "#/components/schemas/Nowhere" } }) } },
          },
          "/circle": { get: { responses: { 200: json({ schema: { $ref: "#/components/schemas/A" } }) } } },
          "/file": { get: { responses: { 200: json({ schema: { $ref: "./missing-file.yaml" } }) } } },
        },
        {
          components: {
            schemas: { A: { $ref: "#/components/schemas/B" }, B: { $ref: "#/components/schemas/A" } },
          },
        },
      ),
    );
    expect(await get("/good")).toBe(1);
    for (const path of ["/nowhere", "/circle", "/file"])
      expect((await mock.fetch(path)).status, path).toBe(200);
    const { dangling = [], unreadable = [] } = mock.documents[0] ?? {};
    const problems = [...dangling, ...unreadable].join("\n");
    expect(problems).toContain(
      '#/paths/~1nowhere/get/responses/200/content/application~1json/schema: $ref "#/components/schemas/Nowhere" leads nowhere',
    );
    expect(problems).toContain("missing-file.yaml");
  });

  test("with a schema that no validator can compile", async () => {
    const schema = {
      type: "object",
      properties: { a: { type: "strin", minimum: "x", pattern: "(" }, b: { type: "integer" } },
    };
    mock = await createMock(
      contract({
        "/": {
          post: {
            requestBody: { content: { "application/json": { schema } } },
            responses: { 200: json({ schema }) },
          },
        },
      }),
    );
    const response = await mock.fetch("/", {
      method: "POST",
      body: "{}",
      headers: { "content-type": "application/json" },
    });
    expect(response.status).toBe(200);
  });

  test("leaves a document that was passed as an object untouched", async () => {
    const document = contract({ "/a": { get: { responses: { 200: json({ example: 1 }) } } } });
    const before = structuredClone(document);
    mock = await createMock(document);
    await get("/a");
    expect(document).toEqual(before);
  });
});

describe("a document that cannot be mocked is refused in one sentence", () => {
  const refused = async (source: string | Record<string, unknown>) => {
    const error = await createMock(source).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    const { name, message } = error as Error;
    expect(name).toBe("DocumentError");
    expect(message).not.toContain("\n");
    return message;
  };

  test("missing", async () => expect(await refused("no/such.yaml")).toBe("no/such.yaml does not exist."));

  test("malformed, with the line", async () => {
    const path = await folder({ "bad.yaml": "openapi: 3.0.0\npaths:\n  /a:\n    get: [\n  x: y\n" });
    expect(await refused(join(path, "bad.yaml"))).toMatch(/bad\.yaml.*\(5:3\)/);
  });

  test("Swagger 1", async () =>
    expect(await refused({ swagger: "1.2", paths: {} })).toMatch(/is Swagger 1\.2: convert it to OpenAPI 3/));

  test("a Postman collection", async () => {
    const collection = { info: { _postman_id: "1", name: "Pets" }, item: [] };
    expect(await refused(collection)).toMatch(/is a Postman collection: convert it to OpenAPI 3/);
  });

  test("something else altogether", async () => {
    expect(await refused({ hello: "world" })).toMatch(/no(t an)? OpenAPI 3 document/);
    const path = await folder({ "list.yaml": "- 1\n", "text.yaml": "hello", "empty.yaml": "" });
    for (const name of ["list.yaml", "text.yaml", "empty.yaml"])
      expect(await refused(join(path, name))).toContain(name);
  });

  test("without paths", async () => expect(await refused({ openapi: "3.1.0" })).toMatch(/nothing to mock/));

  test("from a URL that nothing listens at", async () => {
    expect(await refused("http://127.0.0.1:9/openapi.yaml")).toContain("http://127.0.0.1:9/openapi.yaml");
  });
});

describe("size is no reason to hang", () => {
  test("starts on a 10 MB document with recursion everywhere, and answers from it", async () => {
    const count = 8_000;
    const schemas = Object.fromEntries(
      Array.from({ length: count }, (_, i) => [
        `S${i}`,
        {
          type: "object",
          properties: Object.fromEntries(
            Array.from({ length: 12 }, (_, k) => [
              `p${k}`,
              k % 4
                ? { type: "string", description: "x".repeat(60) }
                : { $ref: `#/components/schemas/S${(i * 7 + k) % count}` },
            ]),
          ),
        },
      ]),
    );
    const paths = Object.fromEntries(
      Array.from({ length: count }, (_, i) => [
        `/r${i}/{id}`,
        { get: { responses: { 200: json({ schema: { $ref: `#/components/schemas/S${i}` } }) } } },
      ]),
    );
    const path = await folder({ "big.json": JSON.stringify(contract(paths, { components: { schemas } })) });
    mock = await createMock(join(path, "big.json"));
    const response = await mock.fetch("/r7999/1");
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ p1: "string" });
  });

  test("answers with 5,000 schema nodes", async () => {
    const properties = Object.fromEntries(
      Array.from({ length: 5_000 }, (_, i) => [`p${i}`, { type: "integer", minimum: i }]),
    );
    mock = await createMock(
      contract({ "/": { get: { responses: { 200: json({ schema: { type: "object", properties } }) } } } }),
    );
    for (const prefer of ["dynamic=false", "dynamic=true"]) {
      const response = await mock.fetch("/", { headers: { prefer } });
      expect(response.status).toBe(200);
      expect(Object.keys((await response.json()) as object)).toHaveLength(5_000);
    }
  });

  test("cuts short and says so where the required values are too many to make", async () => {
    const level = (depth: number): unknown =>
      depth === 0
        ? { type: "integer" }
        : { type: "array", minItems: 30, items: { $ref: `#/components/schemas/L${depth - 1}` } };
    const schemas = Object.fromEntries(Array.from({ length: 9 }, (_, depth) => [`L${depth}`, level(depth)]));
    mock = await createMock(
      contract(
        { "/": { get: { responses: { 200: json({ schema: { $ref: "#/components/schemas/L8" } }) } } } },
        { components: { schemas } },
      ),
    );
    const response = await mock.fetch("/");
    expect(response.status).toBe(200);
    expect((await response.text()).length).toBeLessThan(100_000);
    expect(response.headers.get("sl-violations")).toContain("must NOT have fewer than 30 items");
  });
});
