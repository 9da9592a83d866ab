import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { requestBodyContract } from "../../fixtures/request-body.ts";
import { start } from "./serve.ts";

/** The bodies that handlers were given. */
const bodies: unknown[] = [];
const handler = ({ body }: { body: unknown }) => {
  bodies.push(body);
  return { status: 204 };
};
const ids = [
  "required",
  "optional",
  "getNone",
  "deleteNone",
  "suffix",
  "range",
  "text",
  "anything",
  "nested",
];
const { app, send } = await start(requestBodyContract, {
  handlers: Object.fromEntries(ids.map((id) => [id, handler])),
  server: { bodyLimit: 1024 * 1024 },
});
afterAll(() => app.close());
beforeEach(() => bodies.splice(0));

const as = (contentType: string) => ({ headers: { "content-type": contentType } });
const pet = { name: "Tom" };

describe("the media type", () => {
  test.each([
    "application/json",
    "APPLICATION/Json",
    "application/json; charset=utf-8",
    'application/json;charset="UTF-8"',
    "application/json; profile=x",
  ])("%s is application/json", async (contentType) => {
    expect((await send("POST", "/required", { json: pet, ...as(contentType) })).status).toBe(204);
    expect(bodies).toEqual([pet]);
  });

  test.each([
    "text/plain",
    "application/xml",
    "application/x-www-form-urlencoded",
    "application/json; charset=iso-8859-1",
    "application/jsonx",
    "application/vnd.api+json",
    "json",
    "",
  ])("'%s' is 415 where only application/json is declared", async (contentType) => {
    const response = await send("POST", "/required", { json: pet, ...as(contentType) });
    expect(response).toMatchObject({ status: 415, body: { supported: ["application/json"] } });
    expect(bodies).toEqual([]);
  });

  test("a body without Content-Type is 415", async () => {
    expect((await send("POST", "/required", { raw: JSON.stringify(pet) })).status).toBe(415);
  });

  test("an undeclared one is refused before the body is read", async () => {
    const headers = { "content-type": "application/xml", "content-length": "100000" };
    expect((await send("POST", "/required", { raw: "<", headers })).status).toBe(415);
  });

  test("a declared type with the suffix +json is parsed as JSON", async () => {
    expect((await send("POST", "/suffix", { json: pet, ...as("application/merge-patch+json") })).status).toBe(
      204,
    );
    expect(bodies).toEqual([pet]);
    expect((await send("POST", "/suffix", { json: pet })).status).toBe(415);
  });

  test("a declared range takes the types under it that can be parsed", async () => {
    expect((await send("POST", "/range", { json: pet })).status).toBe(204);
    expect((await send("POST", "/range", { json: pet, ...as("application/vnd.api+json") })).status).toBe(204);
    expect((await send("POST", "/range", { json: {} })).status).toBe(400);
    expect((await send("POST", "/range", { json: pet, ...as("text/plain") })).status).toBe(415);
    expect((await send("POST", "/range", { raw: "x", ...as("application/octet-stream") })).status).toBe(415);
  });

  test("text is held against its schema", async () => {
    expect((await send("POST", "/text", { raw: "short", ...as("text/plain") })).status).toBe(204);
    expect((await send("POST", "/text", { raw: "too long", ...as("text/plain") })).status).toBe(400);
    expect(bodies).toEqual(["short"]);
  });

  test("one without a schema takes anything", async () => {
    expect((await send("POST", "/anything", { json: [1] })).status).toBe(204);
    expect((await send("POST", "/anything", { raw: "x", ...as("text/plain") })).status).toBe(204);
    expect(bodies).toEqual([[1], "x"]);
  });
});

describe("an absent body", () => {
  test.each([{}, as("application/json"), as("application/xml")])(
    "is 400 where it is required (%o)",
    async (options) => {
      expect(await send("POST", "/required", options)).toMatchObject({
        status: 400,
        body: { part: "body", violations: [{ location: ["body"], keyword: "required" }] },
      });
    },
  );

  test("in chunks is absent too", async () => {
    const headers = { "content-type": "application/json", "transfer-encoding": "chunked" };
    expect((await send("POST", "/required", { raw: "", headers })).body.violations[0].keyword).toBe(
      "required",
    );
  });

  test("is undefined where it is not required", async () => {
    expect((await send("PATCH", "/optional")).status).toBe(204);
    expect((await send("PATCH", "/optional", as("application/json"))).status).toBe(204);
    expect(bodies).toEqual([undefined, undefined]);
  });

  test("is not the same as null", async () => {
    const response = await send("PATCH", "/optional", { json: null });
    expect(response).toMatchObject({
      status: 400,
      body: { violations: [{ location: ["body"], keyword: "type" }] },
    });
  });
});

describe("an operation without a body", () => {
  const sent = [
    {},
    as("application/json"),
    as("text/html"),
    { raw: "", ...as("application/json") },
    { raw: "null", ...as("application/json") },
    { raw: "null\n", ...as("application/json") },
    { raw: "null", headers: { "content-type": "application/json", "transfer-encoding": "chunked" } },
    { raw: "null" },
  ];

  test.each(["GET", "DELETE"])("%s takes none, an empty one, and null", async (method) => {
    for (const options of sent)
      expect([options, (await send(method, "/none", options)).status]).toEqual([options, 204]);
    expect(bodies).toEqual(sent.map(() => undefined));
  });

  test.each(["GET", "DELETE"])("%s refuses all others with 415", async (method) => {
    for (const raw of ["{}", "nul", '{"a":1}', "x".repeat(100_000)]) {
      expect((await send(method, "/none", { raw, ...as("application/json") })).status).toBe(415);
      const chunked = { "content-type": "application/json", "transfer-encoding": "chunked" };
      expect((await send(method, "/none", { raw, headers: chunked })).status).toBe(415);
    }
    expect(bodies).toEqual([]);
  });
});

describe("a malformed body", () => {
  test.each([
    ["{", "not well-formed JSON"],
    ['{"name":}', "not well-formed JSON"],
    [" ", "not well-formed JSON"],
    ['{"name":"a","__proto__":{"x":1}}', "not well-formed JSON"],
    ['{"name":"a","constructor":{"prototype":{"x":1}}}', "not well-formed JSON"],
    [Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), "not valid UTF-8"],
    [Buffer.from('{"name":"Tom é"}', "latin1"), "not valid UTF-8"],
    ['{"name":"\\ud83d"}', "half of a surrogate pair"],
    ['{"name":"a","\\uDD11":1}', "half of a surrogate pair"],
    [`{"name":"\\ud83d","x":${"[".repeat(25_000)}${"]".repeat(25_000)}}`, "half of a surrogate pair"],
  ])("%s is 400", async (raw, reason) => {
    const response = await send("POST", "/required", { raw, ...as("application/json") });
    expect(response).toMatchObject({ status: 400, body: { name: "MalformedBodyError" } });
    expect(response.body.message).toContain(reason);
  });

  test.each(['"\\ud83d\\udd11 key"', '"\\\\ud83d"'])("the escapes in %s are not malformed", async (name) => {
    const response = await send("POST", "/required", { raw: `{"name":${name}}`, ...as("application/json") });
    expect(response.status).toBe(204);
    expect(bodies).toEqual([{ name: JSON.parse(name) }]);
  });

  test("a byte order mark is not malformed", async () => {
    const response = await send("POST", "/required", {
      raw: `\uFEFF${JSON.stringify(pet)}`,
      ...as("application/json"),
    });
    expect(response.status).toBe(204);
  });

  test("larger than the limit is Fastify's 413", async () => {
    const response = await send("POST", "/required", {
      raw: "x".repeat(1024 * 1024 + 1),
      ...as("application/json"),
    });
    expect(response.status).toBe(413);
  });

  test("nested deeper than the stack is 400, and the server lives on", async () => {
    const depth = 200_000;
    const raw = "[".repeat(depth) + "]".repeat(depth);
    const response = await send("POST", "/nested", { raw, ...as("application/json") });
    expect(response).toMatchObject({
      status: 400,
      body: { violations: [{ location: ["body"], keyword: "maxDepth" }] },
    });
    expect((await send("POST", "/nested", { json: [[]] })).status).toBe(204);
  });
});

describe("a body that breaks its schema", () => {
  test.each([
    [{}, ["name"], "required", "Missing required property: name"],
    [{ name: "Tom", color: "red" }, ["color"], "additionalProperties", "Unknown property: color"],
    [{ name: "T" }, ["name"], "minLength", "The property 'name' must have at least 2 characters"],
    [{ name: 12 }, ["name"], "type", "The property 'name' must be of type string"],
    [{ name: "Tom", age: "3" }, ["age"], "type", "The property 'age' must be of type integer"],
    [
      { name: "Tom", tags: ["a", "B"] },
      ["tags", "1"],
      "pattern",
      "The property 'tags.1' must match the pattern ^[a-z]+$",
    ],
    [
      { name: "Tom", parent: { name: "T" } },
      ["parent", "name"],
      "minLength",
      "The property 'parent.name' must have at least 2 characters",
    ],
    [{ name: "Tom", parent: {} }, ["parent", "name"], "required", "Missing required property: parent.name"],
    ["Tom", [], "type", "The body must be of type object"],
    [[pet], [], "type", "The body must be of type object"],
  ])("%j is 400 and says where", async (json, path, keyword, message) => {
    const response = await send("POST", "/required", { json });
    expect(response).toMatchObject({
      status: 400,
      body: {
        name: "InvalidRequestError",
        message,
        violations: [{ location: ["body", ...path], keyword, message }],
      },
    });
    expect(response.body.violations).toHaveLength(1);
    expect(bodies).toEqual([]);
  });

  test("the description is that of the schema that was violated, or of the property it belongs to", async () => {
    const descriptions = [];
    for (const json of [
      { name: "T" },
      {},
      { name: "Tom", parent: { name: 1 } },
      { name: "Tom", tags: ["B"] },
      { name: "Tom", age: "x" },
    ]) {
      descriptions.push((await send("POST", "/required", { json })).body.violations[0].description);
    }
    const name = "What it listens to.";
    expect(descriptions).toEqual([name, name, name, "A lower-case word.", undefined]);
  });

  test("its values are not repeated, and a long name of its own is cut", async () => {
    const secret = "S3CRET".repeat(10);
    for (const json of [
      { name: secret },
      { name: "Tom", tags: [secret] },
      { name: "Tom", age: secret },
      secret,
      [secret],
    ]) {
      expect((await send("POST", "/required", { json })).text).not.toContain("S3CRET");
    }
    const { text } = await send("POST", "/required", { json: { name: "Tom", ["x".repeat(10_000)]: 1 } });
    expect(text.length).toBeLessThan(1000);
  });

  test("nothing is filled in, coerced or stripped in one that is right", async () => {
    await send("POST", "/required", { json: { name: "Tom", tags: ["a"] } });
    expect(bodies).toEqual([{ name: "Tom", tags: ["a"] }]);
  });
});
