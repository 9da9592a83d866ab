import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { afterEach, describe, expect, test } from "vitest";
import { createMock, type Mock } from "../../../toolkit/mock/mock.ts";
import { contract, json } from "./contract.ts";

let mock: Mock | undefined;
afterEach(() => mock?.close());

async function bodyFor(
  schema: unknown,
  prefer = "",
  components: Record<string, unknown> = {},
): Promise<unknown> {
  mock = await createMock(
    contract(
      { "/": { get: { responses: { 200: json({ schema }) } } } },
      { components: { schemas: components } },
    ),
    { port: false },
  );
  const response = await mock.fetch("/", prefer ? { headers: { prefer } } : {});
  expect(response.headers.get("sl-violations")).toBeNull();
  return response.json();
}

const node = {
  type: "object",
  required: ["value"],
  properties: { value: { type: "integer" }, next: { $ref: "#/components/schemas/Node" } },
};

/** Each with what it proves hard. `components` stand beside. */
const schemas: Record<string, unknown> = {
  pattern: { type: "string", pattern: "^[A-Z]{3}-\\d{4}$" },
  "pattern with look-ahead": { type: "string", pattern: "^(?=.*\\d)(?=.*[a-z])[a-z0-9]{8,16}$" },
  "pattern with length": { type: "string", pattern: "^[a-f0-9]+$", minLength: 12, maxLength: 12 },
  format: {
    type: "object",
    required: ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"],
    properties: Object.fromEntries(
      ["date", "date-time", "time", "duration", "email", "hostname", "ipv4", "ipv6", "uri", "uuid"].map(
        (format, i) => ["abcdefghij"[i], { type: "string", format }],
      ),
    ),
  },
  "short email": { type: "string", format: "email", maxLength: 16 },
  multipleOf: { type: "integer", multipleOf: 7, minimum: 10 },
  "exclusive bounds": { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 0.5 },
  "unique items": { type: "array", minItems: 3, uniqueItems: true, items: { enum: [1, 2, 3] } },
  "unique items without enum": { type: "array", minItems: 3, uniqueItems: true, items: { type: "string" } },
  contains: { type: "array", contains: { const: 5 }, items: { type: "integer" } },
  prefixItems: {
    type: "array",
    prefixItems: [{ type: "string" }, { type: "integer" }],
    items: false,
    minItems: 2,
  },
  minProperties: { type: "object", minProperties: 3, additionalProperties: { type: "integer" } },
  patternProperties: {
    type: "object",
    patternProperties: { "^x-": { type: "integer" } },
    additionalProperties: false,
  },
  "required without properties": {
    type: "object",
    required: ["a", "b"],
    additionalProperties: { type: "string" },
  },
  dependentRequired: {
    type: "object",
    properties: { a: { type: "string" }, b: { type: "string" } },
    dependentRequired: { a: ["b"] },
  },
  not: { type: "integer", minimum: 0, not: { const: 0 } },
  "if then else": {
    type: "object",
    required: ["kind", "value"],
    properties: { kind: { enum: ["a", "b"] }, value: {} },
    if: { properties: { kind: { const: "a" } } },
    // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
    then: { properties: { value: { type: "string" } } },
    else: { properties: { value: { type: "integer" } } },
  },
  allOf: {
    allOf: [
      { type: "object", required: ["a"], properties: { a: { type: "string", minLength: 8 } } },
      {
        type: "object",
        required: ["b"],
        properties: { a: { type: "string", maxLength: 9 }, b: { type: "integer", minimum: 4 } },
      },
    ],
  },
  "allOf beside properties": {
    type: "object",
    properties: { c: { type: "boolean" } },
    required: ["c"],
    allOf: [{ properties: { a: { type: "string" } }, required: ["a"] }],
    unevaluatedProperties: false,
  },
  oneOf: {
    oneOf: [
      {
        type: "object",
        required: ["a"],
        properties: { a: { type: "integer" } },
        additionalProperties: false,
      },
      { type: "object", required: ["b"], properties: { b: { type: "string" } }, additionalProperties: false },
    ],
  },
  "oneOf whose branches overlap": {
    oneOf: [
      { type: "object", properties: { a: { type: "integer" } } },
      { type: "object", required: ["b"], properties: { b: { type: "string" } } },
    ],
  },
  "oneOf beside required": {
    type: "object",
    properties: { a: { type: "string" }, b: { type: "string" } },
    oneOf: [
      { required: ["a"], not: { required: ["b"] } },
      { required: ["b"], not: { required: ["a"] } },
    ],
  },
  anyOf: { anyOf: [{ type: "string", format: "uuid" }, { type: "null" }] },
  "several types": { type: ["null", "integer"] },
  recursion: { $ref: "#/components/schemas/Node" },
  "recursion through a list": { $ref: "#/components/schemas/Tree" },
  "recursion that is required and ends in null": { $ref: "#/components/schemas/Chain" },
  "constant and default": {
    type: "object",
    required: ["a", "b"],
    properties: { a: { const: { deep: [1] } }, b: { type: "integer", default: 3 } },
  },
  "additional properties refused": {
    type: "object",
    properties: { a: { type: "string" } },
    additionalProperties: false,
  },
  nested: {
    type: "array",
    minItems: 2,
    items: {
      type: "object",
      required: ["pets"],
      properties: { pets: { type: "array", minItems: 1, items: { $ref: "#/components/schemas/Node" } } },
    },
  },
};
const components = {
  Node: node,
  Tree: {
    type: "object",
    required: ["children"],
    properties: { children: { type: "array", items: { $ref: "#/components/schemas/Tree" } } },
  },
  Chain: {
    type: "object",
    required: ["next"],
    properties: { next: { anyOf: [{ $ref: "#/components/schemas/Chain" }, { type: "null" }] } },
  },
};

describe("generated bodies pass their own schema", () => {
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  const preferences = ["", ...Array.from({ length: 12 }, (_, i) => `dynamic=true, seed=${i}`)];

  test.each(Object.entries(schemas))("%s", async (_name, schema) => {
    const validate = ajv.compile({ ...(schema as object), components: { schemas: components } });
    for (const prefer of preferences) {
      const body = await bodyFor(schema, prefer, components);
      expect(validate(body), `${prefer} ${JSON.stringify(body)} ${ajv.errorsText(validate.errors)}`).toBe(
        true,
      );
    }
  });
});

describe("generated bodies", () => {
  test("are the same for the same seed, and others for another", async () => {
    const schema = {
      type: "object",
      required: ["a"],
      properties: { a: { type: "string", minLength: 10 }, b: { type: "integer" } },
    };
    const [one, again, other] = [
      await bodyFor(schema, "dynamic=true, seed=x"),
      await bodyFor(schema, "dynamic=true, seed=x"),
      await bodyFor(schema, "dynamic=true, seed=y"),
    ];
    expect(again).toEqual(one);
    expect(other).not.toEqual(one);
  });

  test("leave out writeOnly properties, also behind allOf and references", async () => {
    const account = {
      allOf: [
        { $ref: "#/components/schemas/Base" },
        { type: "object", required: ["password", "name"], properties: { name: { type: "string" } } },
      ],
    };
    const base = {
      type: "object",
      properties: {
        password: { $ref: "#/components/schemas/Secret" },
        pin: { type: "string", writeOnly: true },
      },
    };
    const parts = { Base: base, Secret: { type: "string", writeOnly: true } };
    expect(await bodyFor(account, "", parts)).toEqual({ name: "string" });
    const generated = (await bodyFor(account, "dynamic=true", parts)) as object;
    expect(Object.keys(generated)).toEqual(["name"]);
  });

  test("honour examples beside anyOf", async () => {
    expect(await bodyFor({ anyOf: [{ type: "integer" }, { type: "string" }], examples: ["shown"] })).toBe(
      "shown",
    );
  });

  test.each([
    [
      "oneOf with mapping",
      {
        oneOf: [{ $ref: "#/components/schemas/Cat" }],
        discriminator: { propertyName: "kind", mapping: { feline: "#/components/schemas/Cat" } },
      },
      "feline",
    ],
    [
      "oneOf without mapping",
      { oneOf: [{ $ref: "#/components/schemas/Cat" }], discriminator: { propertyName: "kind" } },
      "Cat",
    ],
    ["a child of a parent with a discriminator", { $ref: "#/components/schemas/Dog" }, "dog"],
  ])("carry the tag of their discriminator: %s", async (_name, schema, kind) => {
    const parts = {
      Cat: {
        type: "object",
        required: ["kind"],
        properties: { kind: { type: "string" }, lives: { type: "integer" } },
      },
      Pet: {
        type: "object",
        required: ["kind"],
        properties: { kind: { type: "string" } },
        discriminator: { propertyName: "kind", mapping: { dog: "#/components/schemas/Dog" } },
      },
      Dog: {
        allOf: [
          { $ref: "#/components/schemas/Pet" },
          { type: "object", properties: { bark: { type: "string" } } },
        ],
      },
    };
    for (const prefer of ["", "dynamic=true, seed=1", "dynamic=true, seed=2"]) {
      expect(await bodyFor(schema, prefer, parts)).toMatchObject({ kind });
    }
  });

  test("survive a property named __proto__", async () => {
    const schema = JSON.parse(
      '{"type":"object","properties":{"__proto__":{"type":"string"},"a":{"type":"integer"}}}',
    );
    expect(JSON.stringify(await bodyFor(schema))).toBe('{"__proto__":"string","a":0}');
  });

  test("know the nullable, exclusiveMinimum and $ref of OpenAPI 3.0", async () => {
    mock = await createMock({
      openapi: "3.0.3",
      paths: {
        "/": {
          get: {
            responses: {
              200: json({
                schema: {
                  type: "object",
                  properties: {
                    nothing: { type: "string", nullable: true, enum: ["a"] },
                    over: { type: "integer", minimum: 3, exclusiveMinimum: true },
                    pet: { $ref: "#/components/schemas/Pet", nullable: true },
                  },
                },
              }),
            },
          },
        },
      },
      components: { schemas: { Pet: { type: "object", properties: { name: { type: "string" } } } } },
    });
    const response = await mock.fetch("/");
    expect(response.headers.get("sl-violations")).toBeNull();
    expect(await response.json()).toEqual({ nothing: "a", over: 4, pet: { name: "string" } });
  });
});
