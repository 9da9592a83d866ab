import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import type { ContractDocument } from "../../../toolkit/openapi/document.ts";
import { loadDocument, readDocument } from "../../../toolkit/openapi/load-document.ts";
import { listOperations, readOperation } from "../../../toolkit/openapi/read-operation.ts";
import { dereference } from "../../../toolkit/openapi/reference.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

/** Reads `openapi.yaml` of a folder of files. */
async function load(files: Record<string, string>, strict = false): Promise<ContractDocument> {
  const folder = await temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return loadDocument(join(folder, Object.keys(files)[0] ?? ""), { strict });
}

function schema(document: ContractDocument, name: string) {
  return dereference(
    document,
    document.at(`#/components/schemas/${name}`) ?? { value: undefined, pointer: "#" },
  ).value;
}

function operations(document: ContractDocument) {
  return listOperations(document).map((entry) => readOperation(document, entry));
}

const head = "openapi: 3.1.0\ninfo: { title: t, version: '1' }\n";

describe("references lead", () => {
  test("from the document's root, though the schema that they stand in has an $id and is a reference itself", async () => {
    const document = await load(
      {
        "openapi.yaml": [
          `${head}paths: {}`,
          "components:",
          "  schemas:",
          "    Page: { type: object }",
          "    Pets: { $id: https://example.com/pets, $ref: '#/components/schemas/Page' }",
        ].join("\n"),
      },
      true,
    );
    expect(schema(document, "Pets")).toEqual({ type: "object" });
  });

  test("to whole maps: paths, schemas, properties", async () => {
    const document = await load({
      "openapi.yaml": `${head}paths: { $ref: ./paths.yaml }\ncomponents: { schemas: { $ref: ./schemas/all.yaml } }\n`,
      "paths.yaml": "/a: { get: { operationId: a, responses: { 200: { description: ok } } } }\n",
      "schemas/all.yaml":
        "Pet: { type: object, properties: { $ref: properties.yaml } }\nOwn: { $ref: '#/Pet' }\n",
      "schemas/properties.yaml": "name: { type: string }\n",
    });
    expect(operations(document).map(({ id }) => id)).toEqual(["a"]);
    expect(schema(document, "Own")).toEqual({ type: "object", properties: { name: { type: "string" } } });
    expect(document.problems).toEqual([]);
  });

  test("to lists, and to descriptions in files of their own", async () => {
    const document = await load({
      "openapi.yaml": `${head}paths: { /a: { get: { description: { $ref: a.md }, parameters: { $ref: lists.yaml#/page }, responses: {} } } }\n`,
      "lists.yaml":
        "page: [ { $ref: '#/size' } ]\nsize: { name: size, in: query, schema: { type: integer } }\n",
      "a.md": "# A\n\nNo: YAML\n",
    });
    expect(operations(document)[0]?.parameters.query).toMatchObject([{ name: "size" }]);
    expect(document.at("#/paths/~1a/get/description")?.value).toBe("# A\n\nNo: YAML\n");
    expect(document.problems).toEqual([]);
  });

  test("to operations and path items in other files", async () => {
    const document = await load({
      "openapi.yaml": `${head}paths: { /a: { get: { $ref: ops/list.yaml } }, /b: { $ref: "ops/item.yaml#/item" } }\n`,
      "ops/list.yaml": "operationId: list\nresponses: { 200: { $ref: ../ok.yaml } }\n",
      "ops/item.yaml": "item: { get: { operationId: item, responses: { default: { $ref: ../ok.yaml } } } }\n",
      "ok.yaml": "description: ok\ncontent: { text/plain: { schema: { type: string } } }\n",
    });
    expect(
      operations(document).map(({ id, responses }) => [id, responses[0]?.contents[0]?.mediaType]),
    ).toEqual([
      ["list", "text/plain"],
      ["item", "text/plain"],
    ]);
  });

  test("to anchors, and below an $id of their own", () => {
    const document = readDocument({
      openapi: "3.1.0",
      components: {
        schemas: {
          Pet: { $anchor: "pet", type: "string" },
          ByAnchor: { $ref: "#pet" },
          W: {
            $id: "https://example.test/w",
            properties: { x: { $ref: "#/$defs/X" }, y: { $ref: "/w#/$defs/X" } },
            $defs: { X: { const: 1 } },
          },
          Far: { $ref: "https://example.test/w#/$defs/X" },
        },
      },
    });
    expect(document.problems).toEqual([]);
    expect([schema(document, "ByAnchor"), schema(document, "Far")]).toEqual([
      { $anchor: "pet", type: "string" },
      { const: 1 },
    ]);
    expect(document.at("#/components/schemas/W/properties/x")?.value).toEqual({
      $ref: "#/components/schemas/W/%24defs/X",
    });
  });

  test("to the document's own $self (OpenAPI 3.2), and to files beside where it lies", async () => {
    const document = await load({
      "openapi.yaml": `openapi: 3.2.0
$self: https://example.test/api/openapi
paths: {}
components:
  schemas:
    Pet: { type: string }
    Own: { $ref: "https://example.test/api/openapi#/components/schemas/Pet" }
    Near: { $ref: "./near.yaml" }
`,
      "near.yaml": "const: near\n",
    });
    expect([schema(document, "Own"), schema(document, "Near")]).toEqual([
      { type: "string" },
      { const: "near" },
    ]);
  });

  test("out of data only where they are all of a value", async () => {
    const document = await load({
      "openapi.yaml": `${head}paths: {}
components:
  schemas:
    Whole: { example: { $ref: ./pet.json }, default: { $ref: ./pet.json } }
    Within: { example: { $ref: ./pet.json, kept: true }, enum: [{ a: { $ref: "#/nowhere" } }] }
  examples: { rex: { value: { $ref: ./pet.json } } }
`,
      "pet.json": '{"name":"Rex"}',
    });
    const rex = { name: "Rex" };
    expect(schema(document, "Whole")).toEqual({ example: rex, default: rex });
    expect(schema(document, "Within")).toEqual({
      example: { $ref: "./pet.json", kept: true },
      enum: [{ a: { $ref: "#/nowhere" } }],
    });
    expect(document.at("#/components/examples/rex/value")?.value).toEqual(rex);
    expect(document.dangling).toEqual([]);
  });

  test("out of extensions to no file: they are nobody's to read", async () => {
    const document = await load({
      "openapi.yaml": `${head}paths: {}\nx-topics: [{ content: { $ref: docs/missing.md } }]\nx-a: { $ref: "#/nowhere" }\n`,
    });
    expect(document.problems).toEqual([]);
  });

  test("nowhere, which is told wherever it stands", () => {
    const dangling = { $ref: "#/components/responses/No" };
    const document = readDocument({
      openapi: "3.1.0",
      paths: { "/a": { get: { responses: { default: dangling, 200: { description: "ok" } } } } },
      components: {
        schemas: { default: { $ref: "#/components/schemas/No" }, example: { $ref: "#/nowhere" } },
      },
    });
    expect(document.dangling).toHaveLength(3);
    expect(document.dangling[0]).toContain("#/paths/~1a/get/responses/default");
  });
});

describe("YAML", () => {
  test("has merge keys, anchors, and dates and numbers as text where they are keys", async () => {
    const document = await load({
      "openapi.yaml": `${head}x-std: &std { 404: { description: none } }
x-props: &props { id: { type: integer } }
paths:
  /a: { get: { responses: { <<: *std, 200: { description: ok } } } }
components:
  schemas:
    Pet: { type: object, properties: { <<: *props, name: { type: string } }, default: 2024-01-31 }
    2024-01-31: { type: string }
`,
    });
    expect(operations(document)[0]?.responses.map(({ code }) => code)).toEqual(["200", "404"]);
    expect(schema(document, "Pet")).toMatchObject({
      properties: { id: {}, name: {} },
      default: "2024-01-31",
    });
    expect(schema(document, "2024-01-31")).toEqual({ type: "string" });
  });

  test("may close a flow mapping at its parent's indentation", async () => {
    const document = await load({
      "openapi.yaml": `${head}paths: {}
components:
  schemas: {
    Pet: {
      type: object
    },
    Tags: [
      a
  ]
  }
`,
    });
    expect(schema(document, "Pet")).toEqual({ type: "object" });
  });

  test("may begin with a byte order mark, have CRLF, and hold JSON with tabs", async () => {
    const crlf = await load({
      "openapi.yaml": `\uFEFF${head.replaceAll("\n", "\r\n")}paths: {}\r\ncomponents:\r\n  schemas: { A: { const: 1 } }\r\n`,
    });
    expect(schema(crlf, "A")).toEqual({ const: 1 });
    const tabs = await load({
      "openapi.yaml": '{\n\t"openapi": "3.1.0",\n\t"components": {"schemas": {"A": {"const": 1}}}\n}\n',
    });
    expect(schema(tabs, "A")).toEqual({ const: 1 });
  });

  test.each([
    [
      "openapi.yaml",
      `${head}paths: {}\ncomponents:\n  schemas:\n    A: { const: 1 }\n    A: { const: 2 }\n`,
      'openapi.yaml:7:5 has the key "A" again',
    ],
    [
      "openapi.json",
      '{"openapi":"3.1.0","components":{"schemas":{"A":{"const":1},"A":{"const":2}}}}',
      'openapi.json:1:62 has the key "A" again',
    ],
  ])(
    "%s: of a key that stands twice the last one wins, with a warning; a strict reading refuses it",
    async (name, text, told) => {
      const lenient = await load({ [name]: text });
      expect(schema(lenient, "A")).toEqual({ const: 2 });
      expect(lenient.duplicates.join()).toContain(told);
      await expect((await load({ [name]: text }, true)).refuse()).rejects.toThrow(told);
    },
  );

  test("that is malformed is told with line and column, as is JSON", async () => {
    await expect(load({ "openapi.yaml": `${head}paths: {}\na: b: c\n` })).rejects.toThrow(
      /openapi\.yaml.*\(4:/,
    );
    await expect(load({ "openapi.json": '{\n  "openapi": "3.1.0",,\n}' })).rejects.toThrow(
      /openapi\.json.*\(2:/,
    );
  });
});

describe("problems", () => {
  test("are placed in the file they stand in", async () => {
    const document = await load(
      {
        "openapi.yaml": `${head}paths:\n  /a:\n    $ref: a.yaml\n`,
        "a.yaml":
          "get:\n  operationId: a\n  parameters:\n    - { name: q, in: query, schema: {}, requred: true }\n",
      },
      true,
    );
    operations(document);
    const [problem] = await document.locate();
    expect(problem?.place).toMatch(/a\.yaml:4:7$/);
    await expect(document.refuse()).rejects.toThrow(/a\.yaml:4:7: .*"requred"/);
  });

  test("are all told at once, each once", () => {
    const document = readDocument(
      { openapi: "3.1.0", paths: { "/a": { get: { sumary: "" }, put: { sumary: "" } } } },
      { strict: true },
    );
    operations(document);
    operations(document);
    expect(document.problems).toHaveLength(2);
  });
});

test("Swagger 2.0 is read as OpenAPI 3", async () => {
  const document = await loadDocument({
    swagger: "2.0",
    info: { title: "t", version: "1" },
    host: "api.example.test",
    basePath: "/v1",
    consumes: ["application/json"],
    produces: ["application/json"],
    parameters: { Body: { name: "body", in: "body", required: true, schema: { $ref: "#/definitions/Pet" } } },
    paths: {
      "/pets": {
        get: {
          operationId: "list",
          parameters: [
            {
              name: "tags",
              in: "query",
              type: "array",
              items: { type: "string" },
              collectionFormat: "pipes",
            },
          ],
          responses: { 200: { description: "ok", schema: { $ref: "#/definitions/Pet" } } },
        },
        post: {
          operationId: "create",
          parameters: [{ $ref: "#/parameters/Body" }],
          responses: { 201: { description: "ok" } },
        },
      },
    },
    definitions: { Pet: { type: "object", properties: { name: { type: "string", "x-nullable": true } } } },
  });
  const [list, create] = operations(document);
  expect(list?.parameters.query).toMatchObject([{ name: "tags", style: "pipeDelimited", explode: false }]);
  expect(list?.responses[0]?.contents).toMatchObject([{ mediaType: "application/json" }]);
  expect(create?.requestBody).toMatchObject({ contents: [{ mediaType: "application/json" }] });
  expect(schema(document, "Pet")).toMatchObject({ properties: { name: { nullable: true } } });
});

test("Swagger 2.0 in several files is upgraded in all of them", async () => {
  const document = await load(
    {
      "swagger.yaml": `swagger: "2.0"
info: { title: t, version: "1" }
consumes: [application/json]
produces: [application/json]
parameters: { Size: { $ref: parts.yaml#/size } }
paths:
  /pets: { $ref: paths/pets.yaml }
  /own: { get: { operationId: own, parameters: [{ $ref: "#/parameters/Size" }], responses: { 200: { $ref: parts.yaml#/ok } } } }
`,
      "paths/pets.yaml": `post:
  operationId: create
  parameters: [{ $ref: ../parts.yaml#/size }, { $ref: ../parts.yaml#/body }]
  responses: { 200: { $ref: ../parts.yaml#/ok } }
`,
      "parts.yaml": `size: { name: size, in: query, type: integer }
body: { name: body, in: body, required: true, schema: { $ref: "#/Pet" } }
ok: { description: ok, schema: { $ref: "#/Pet" } }
Pet: { type: object, properties: { name: { type: string, x-nullable: true } } }
`,
    },
    true,
  );
  const [create, own] = operations(document);
  for (const each of [create, own]) {
    expect(each?.parameters.query).toMatchObject([{ name: "size", schema: { value: { type: "integer" } } }]);
    expect(each?.responses[0]?.contents).toMatchObject([{ mediaType: "application/json" }]);
  }
  expect(create?.requestBody?.contents[0]?.schema?.json).toMatchObject({
    $defs: { d0: { properties: { name: { type: ["string", "null"] } } } },
  });
  expect(document.problems).toEqual([]);
});

test("an example tells its value, or how it is written (OpenAPI 3.2)", () => {
  const examples = {
    value: { value: { a: 1 } },
    data: { dataValue: { a: 2 }, serializedValue: '{"a":2}' },
    written: { serializedValue: '{ "a": 3 }' },
  };
  const content = { "application/json": { examples }, "text/plain": { examples } };
  const [operation] = operations(
    readDocument({
      openapi: "3.2.0",
      paths: { "/a": { get: { responses: { 200: { description: "ok", content } } } } },
    }),
  );
  const values = operation?.responses[0]?.contents.map((each) => each.examples.map(({ value }) => value));
  expect(values).toEqual([
    [{ a: 1 }, { a: 2 }, { a: 3 }],
    [{ a: 1 }, { a: 2 }, '{ "a": 3 }'],
  ]);
});
