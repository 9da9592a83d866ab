import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import Fastify from "fastify";
import { describe, expect, test } from "vitest";
import { combineHandlers } from "../../../toolkit/fastify/combine-handlers.ts";
import { registerContract } from "../../../toolkit/fastify/register.ts";
import { ContractSetupError } from "../../../toolkit/openapi/errors.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

type Json = Record<string, unknown>;

const responses = { 204: { description: "Done" } };
const operation = (more: Json = {}): Json => ({ operationId: "operate", responses, ...more });
const withBody = (content: Json): Json => operation({ requestBody: { content } });
const withSchema = (schema: unknown): Json => withBody({ "application/json": { schema } });
const withParameter = (parameter: Json): Json => operation({ parameters: [parameter] });

/** Tries to register a document with one path. */
async function register(paths: Json, more: Json = {}, options: Json = {}): Promise<void> {
  const app = Fastify();
  try {
    await registerContract(app, {
      document: { openapi: "3.1.0", info: { title: "Setup", version: "1" }, paths, ...more },
      handlers: { operate: () => ({ status: 204 }) } as never,
      securityHandlers: {},
      ...options,
    });
    await app.ready();
  } finally {
    await app.close();
  }
}

/** The sentence with which the start is refused, or one for each of several problems. */
async function refusal(...attempt: Parameters<typeof register>): Promise<string> {
  const error = await register(...attempt).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ContractSetupError);
  const { message } = error as Error;
  const [first = "", ...others] = message.split("\n");
  expect(first).toMatch(others.length === 0 ? /^[^\n]+\.$/ : /^The contract has \d+ problems:$/);
  for (const line of others) expect(line).toMatch(/^- .+\.$/);
  return message;
}

const post = (operation: Json) => ({ "/pets": { post: operation } });
const bearer = { components: { securitySchemes: { bearer: { type: "http", scheme: "bearer" } } } };
const handlers = { operate: () => ({ status: 204 }) };

test("a document that is right is registered", async () => {
  await register(post(operation()));
});

describe("the start is refused for handlers:", () => {
  test("one is missing", async () => {
    expect(await refusal(post(operation()), {}, { handlers: {} })).toBe(
      'The operation "operate" has no handler: add one to handlers.',
    );
  });

  test("one is too many", async () => {
    const surplus = { handlers: { ...handlers, opreate: () => ({ status: 204 }) } };
    expect(await refusal(post(operation()), {}, surplus)).toContain(
      'handlers has "opreate", which is no operation',
    );
  });

  test("several objects handle one operation", () => {
    const { operate } = handlers;
    expect(() => combineHandlers({ operate, list: operate }, { list: operate }, { operate })).toThrow(
      [
        "The contract has 2 problems:",
        '- The operation "list" is handled in several of the objects: leave it in one.',
        '- The operation "operate" is handled in several of the objects: leave it in one.',
      ].join("\n"),
    );
    expect(combineHandlers({ operate }, { list: operate })).toEqual({ operate, list: operate });
  });

  test("a property that every object inherits is no handler", async () => {
    expect(await refusal(post(operation({ operationId: "toString" })), {}, { handlers: {} })).toContain(
      "no handler",
    );
  });

  test("an operation has no operationId", async () => {
    expect(await refusal(post({ responses }))).toContain("#/paths/~1pets/post has no operationId");
  });

  test("two operations have one operationId", async () => {
    expect(await refusal({ "/pets": { get: operation(), post: operation() } })).toContain(
      'has the operationId "operate"',
    );
  });
});

describe("the start is refused for security:", () => {
  const secured = post(operation({ security: [{ bearer: ["read"] }] }));

  test("a handler is missing", async () => {
    expect(await refusal(secured, bearer)).toContain('The security scheme "bearer" has no handler');
    expect(await refusal(post(operation()), { ...bearer, security: [{ bearer: [] }] })).toContain(
      "has no handler",
    );
  });

  test("a handler is for no scheme of the contract", async () => {
    const options = { securityHandlers: { bearer: () => "me", baerer: () => "me" } };
    expect(await refusal(secured, bearer, options)).toContain('securityHandlers has "baerer"');
  });

  test("a scheme is not defined", async () => {
    const options = { securityHandlers: { bearer: () => "me" } };
    expect(await refusal(secured, {}, options)).toContain('asks for the security scheme "bearer"');
  });
});

describe("the start is refused for the document:", () => {
  test.each([
    ["Swagger 1", { openapi: undefined, swagger: "1.2" }, "is Swagger 1.2: convert it"],
    ["OpenAPI 4", { openapi: "4.0.0" }, 'must say "3.1.x"'],
    ["a misspelt field", { path: {} }, '# has the field "path"'],
    ["a server that is nowhere", { servers: [{ url: "http://[" }] }, "#/servers/0/url is no URL"],
    ["security that is no list", { security: {} }, "#/security must be an array"],
  ])("%s", async (_, more, reason) => {
    expect(await refusal({}, more, { handlers: {} })).toContain(reason);
  });

  test("it is no document", async () => {
    expect(await refusal({}, {}, { document: undefined })).toContain('must say "3.1.x"');
  });

  test.each([
    ["a misspelt field of an operation", operation({ requestbody: {} }), 'the field "requestbody"'],
    [
      "a misspelt field of a parameter",
      withParameter({ name: "a", in: "query", requred: true, schema: {} }),
      'the field "requred"',
    ],
    [
      "a parameter of nowhere",
      withParameter({ name: "a", in: "body", schema: {} }),
      "must be path, query, header or cookie",
    ],
    [
      "a parameter without a schema",
      withParameter({ name: "a", in: "query" }),
      "must have either a schema or a content",
    ],
    [
      "a parameter twice",
      operation({
        parameters: [
          { name: "a", in: "query", schema: {} },
          { name: "a", in: "query", schema: {} },
        ],
      }),
      "again",
    ],
    [
      "a style that cannot be read",
      withParameter({ name: "a", in: "query", style: "matrix", schema: {} }),
      "cannot be read from a request",
    ],
    [
      "a response that is no status",
      operation({ responses: { ok: { description: "" } } }),
      "named by its status",
    ],
    ["a body without a media type", withBody({}), "names no media type"],
    [
      "servers of an operation",
      operation({ servers: [{ url: "/" }] }),
      "read at the top of the document only",
    ],
  ])("%s", async (_, refused, reason) => {
    expect(await refusal(post(refused))).toContain(reason);
  });

  test("no responses in 3.0, where they are required", async () => {
    const paths = post({ operationId: "operate" });
    expect(await refusal(paths, { openapi: "3.0.3" })).toContain('has no "responses"');
    await register(paths);
  });

  test("all that is wrong, each with its place, is told at once", async () => {
    const paths = post({
      ...withParameter({ name: "a", in: "query", requred: true, schema: { type: "strng" } }),
      summry: "",
    });
    const message = await refusal(paths, { path: {} });
    expect(message).toContain("has 4 problems");
    for (const part of ['"requred"', '"summry"', '"path"', "schema is not a valid schema: there is no type"])
      expect(message).toContain(part);
  });

  test("a body on GET", async () => {
    expect(await refusal({ "/pets": { get: withSchema({}) } })).toContain("no meaning");
  });

  test("a TRACE operation", async () => {
    expect(await refusal({ "/pets": { trace: operation() } })).toContain("Fastify has no TRACE");
  });
});

describe("the start is refused for a path:", () => {
  const id = (name: string, more: Json = {}) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
    ...more,
  });

  test.each([
    ["an undeclared parameter", "/pets/{id}", [], 'does not declare the path parameter "id"'],
    ["a parameter that is not in it", "/pets", [id("id")], 'which "/pets" lacks'],
    [
      "a parameter that is not required",
      "/pets/{id}",
      [id("id", { required: false })],
      'must say "required: true"',
    ],
    ["the same parameter twice", "/{id}/{id}", [id("id")], "names a parameter twice"],
    ["a parameter right after another", "/pets/{id}{name}", [id("id"), id("name")], "cannot be routed"],
    ["a wildcard", "/pets/*", [], "cannot be routed"],
    ["an open brace", "/pets/{id", [], "cannot be routed"],
    ["no slash", "pets", [], "cannot be routed"],
  ])("%s", async (_, path, parameters, reason) => {
    expect(await refusal({ [path]: { get: operation({ parameters }) } })).toContain(reason);
  });

  test("two templates match the same requests", async () => {
    const paths = {
      "/pets/{id}": { get: operation({ parameters: [id("id")] }) },
      "/pets/{name}": { post: { ...operation({ parameters: [id("name")] }), operationId: "other" } },
    };
    const both = { handlers: { ...handlers, other: () => ({ status: 204 }) } };
    expect(await refusal(paths, {}, both)).toContain("match the same requests");
  });
});

describe("the start is refused for a media type:", () => {
  test("what nothing reads, although its schema asks for more than bytes", async () => {
    const schema = { type: "object" };
    expect(await refusal(post(withBody({ "application/cbor": { schema } })))).toBe(
      "No parser reads application/cbor, which the contract declares: register one before it (addContentTypeParser).",
    );
    await register(
      post(withBody({ "image/png": {}, "application/octet-stream": { schema: { type: "string" } } })),
    );
  });
});

describe("the start is refused for a schema:", () => {
  test.each([
    [
      "an unknown keyword",
      { type: "string", maxlength: 3 },
      "schema/maxlength is a keyword that nothing here checks",
    ],
    ["an unknown type", { type: "strng" }, "is not a valid schema"],
    ["a pattern that is none", { pattern: "(" }, "is not a valid schema"],
    ["a limit that is no number", { minimum: "5" }, "is not a valid schema"],
    ["an empty enum", { enum: [] }, "is not a valid schema"],
    ["a property that is no schema", { properties: { a: 5 } }, "properties/a must be a schema"],
    ["an unknown format", { type: "string", format: "colour" }, 'is "colour", which nothing here checks'],
    [
      "nullable in 3.1",
      { type: "string", nullable: true },
      'uses "nullable", which OpenAPI 3.1 does not have',
    ],
    ["$dynamicRef", { $dynamicRef: "#node" }, "points at #node, which is not in the document"],
    ["a $ref out of the document", { $ref: "other.yaml#/Pet" }, "points outside the document"],
    ["a $ref to nothing", { $ref: "#/components/schemas/Pet" }, "which is not in the document"],
    ["a $ref that is no URI", { $ref: "#/%zz" }, "is not a valid URI reference"],
    [
      "a discriminator without tags",
      { oneOf: [{ type: "object" }], discriminator: { propertyName: "kind" } },
      'give its property "kind" a const',
    ],
  ])("%s", async (_, schema, reason) => {
    expect(await refusal(post(withSchema(schema)))).toContain(reason);
  });

  test.each([
    ["in a circle", { $ref: "#/components/schemas/A" }, "only leads back to itself"],
    ["in a property", { properties: { a: { $ref: "#/components/schemas/A" } } }, "only leads back to itself"],
  ])("a $ref that leads %s", async (_, schema, reason) => {
    const components = {
      schemas: { A: { $ref: "#/components/schemas/B" }, B: { $ref: "#/components/schemas/A" } },
    };
    expect(await refusal(post(withSchema(schema)), { components })).toContain(reason);
  });

  test("a mapping to a schema that is no alternative, and a tag of two alternatives", async () => {
    const cat = { type: "object", properties: { kind: { const: "cat" } } };
    const components = { schemas: { Cat: cat, Tom: cat, Dog: { type: "object" } } };
    const oneOf = [{ $ref: "#/components/schemas/Cat" }, { $ref: "#/components/schemas/Tom" }];
    const ambiguous = withSchema({ oneOf, discriminator: { propertyName: "kind" } });
    expect(await refusal(post(ambiguous), { components })).toContain('leads "cat" to two alternatives');
    const stray = withSchema({ oneOf, discriminator: { propertyName: "kind", mapping: { dog: "Dog" } } });
    expect(await refusal(post(stray), { components })).toContain("which is none of the alternatives");
  });
});

describe("a lenient start", () => {
  /** Tries what strictly is refused; returns what is not checked. */
  async function unchecked(paths: Json, more: Json = {}, options: Json = {}): Promise<string> {
    const app = Fastify();
    const document = { openapi: "3.1.0", info: { title: "Setup", version: "1" }, paths, ...more };
    const problems = await registerContract(app, {
      ...{ document, handlers: handlers as never, securityHandlers: {}, lenient: true },
      ...options,
    });
    await app.ready();
    await app.close();
    return problems.map(({ message }) => message).join("\n");
  }

  test.each([
    ["an unknown format", { type: "string", format: "colour" }, '"colour", which nothing here checks'],
    [
      "an unknown keyword",
      { type: "string", maxlength: 3 },
      "maxlength is a keyword that nothing here checks",
    ],
    ["an unknown type", { type: "any" }, 'is not a valid schema: there is no type "any"'],
    ["an empty enum", { enum: [] }, "is not a valid schema: enum must be"],
    ["nullable in 3.1", { type: "string", nullable: true }, 'uses "nullable"'],
    [
      "a pattern that is valid without u only",
      { pattern: "^a\\_b$" },
      "no regular expression in Unicode mode",
    ],
    ["a $ref to nothing", { $ref: "#/components/schemas/Pet" }, "which is not in the document"],
  ])("serves and tells of %s", async (_, schema, told) => {
    expect(await unchecked(post(withSchema(schema)))).toContain(told);
  });

  test("checks the rest of a schema that has an unknown type", async () => {
    const app = Fastify();
    const schema = {
      type: "object",
      required: ["name"],
      properties: { name: { type: "string" }, meta: { type: "any" } },
    };
    const document = { openapi: "3.1.0", paths: post(withSchema(schema)) };
    await registerContract(app, {
      document,
      handlers: handlers as never,
      securityHandlers: {},
      lenient: true,
    });
    const sent = async (payload: object) =>
      (await app.inject({ method: "POST", url: "/pets", payload })).statusCode;
    expect([await sent({ name: "a", meta: 1 }), await sent({ name: 1 })]).toEqual([204, 400]);
    await app.close();
  });

  test("serves paths with their own servers, the same path under two names, a body on GET, and no operationId", async () => {
    const id = (name: string) => ({ name, in: "path", required: true, schema: { type: "string" } });
    const told = await unchecked({
      "/pets/{id}": {
        servers: [{ url: "/" }],
        get: operation({ parameters: [id("id")], requestBody: { content: { "application/json": {} } } }),
      },
      "/pets/{name}": { post: { parameters: [id("name")], responses } },
    });
    for (const part of [
      "servers are read at the top",
      "match the same requests",
      "no meaning",
      "has no operationId",
    ])
      expect(told).toContain(part);
  });

  test("lets readOnly properties be sent, as they were received", async () => {
    const app = Fastify();
    const schema = {
      type: "object",
      additionalProperties: false,
      properties: { id: { type: "string", readOnly: true } },
    };
    const document = { openapi: "3.1.0", paths: post(withSchema(schema)) };
    await registerContract(app, {
      document,
      handlers: handlers as never,
      securityHandlers: {},
      lenient: true,
    });
    expect((await app.inject({ method: "POST", url: "/pets", payload: { id: "1" } })).statusCode).toBe(204);
    await app.close();
  });

  test("answers 501 where there is no handler, and lets nobody in where a scheme has none", async () => {
    const app = Fastify();
    const secured = operation({ security: [{ bearer: [] }], operationId: "secured" });
    const document = {
      openapi: "3.1.0",
      paths: { "/a": { get: operation() }, "/b": { get: secured } },
      ...bearer,
    };
    const secret = { secured: () => ({ status: 204 }) } as never;
    await registerContract(app, { document, handlers: secret, securityHandlers: {}, lenient: true });
    expect((await app.inject("/a")).statusCode).toBe(501);
    expect((await app.inject("/b")).statusCode).toBe(403);
    await app.close();
  });
});

test("handlers of webhooks and callbacks are none too many: generated types ask for them", async () => {
  const webhooks = { sent: { post: operation({ operationId: "publish" }) } };
  await register(
    post(operation()),
    { webhooks },
    { handlers: { ...handlers, publish: () => ({ status: 204 }) } },
  );
});

test('formats: "ignore" leaves unknown formats unchecked', async () => {
  await register(post(withSchema({ type: "string", format: "colour" })), {}, { formats: "ignore" });
});

test("the document may be a file that refers to others, and problems name file, line and column", async () => {
  const folder = await temporaryFolder();
  const name = join(folder, "openapi.yaml");
  await writeFile(name, "openapi: 3.1.0\npaths:\n  /pets:\n    $ref: pets.yaml\n");
  await writeFile(
    join(folder, "pets.yaml"),
    "post:\n  operationId: operate\n  sumary: misspelt\n  responses:\n    204: { description: Done }\n",
  );
  expect(await refusal({}, {}, { document: name })).toMatch(/pets\.yaml:1:1: .* has the field "sumary"/);
});
