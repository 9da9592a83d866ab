import { afterEach, describe, expect, test } from "vitest";
import { createMock, type Mock } from "../../../toolkit/mock/mock.ts";
import { contract, json } from "./contract.ts";

let mock: Mock | undefined;
afterEach(() => mock?.close());

interface Answered {
  readonly status: number;
  readonly text: string;
  readonly body: unknown;
  readonly violations: string | null;
}

async function get(
  schema: unknown,
  schemas: Record<string, unknown> = {},
  prefer = "dynamic=false",
): Promise<Answered> {
  await mock?.close();
  mock = await createMock(
    contract({ "/": { get: { responses: { 200: json({ schema }) } } } }, { components: { schemas } }),
    { port: false },
  );
  const response = await mock.fetch("/", { headers: { prefer } });
  const text = await response.text();
  const violations = response.headers.get("sl-violations");
  return { status: response.status, text, body: JSON.parse(text), violations };
}

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

describe("a parent that lists its children, which extend it", () => {
  const schemas = {
    Pet: {
      type: "object",
      oneOf: [ref("Dog"), ref("Cat")],
      discriminator: { propertyName: "kind" },
      properties: { kind: { type: "string" } },
      required: ["kind"],
    },
    Cat: { allOf: [ref("Pet"), { type: "object", properties: { lives: { type: "integer" } } }] },
    Dog: {
      allOf: [ref("Pet"), { type: "object", properties: { friends: { type: "array", items: ref("Pet") } } }],
    },
  };

  test("gives the child that is asked for its own tag and members", async () => {
    expect((await get(ref("Cat"), schemas)).body).toEqual({ kind: "Cat", lives: 0 });
  });

  test("gives the parent as its first child", async () => {
    expect((await get(ref("Pet"), schemas)).body).toMatchObject({ kind: "Dog", friends: [{ kind: "Dog" }] });
  });

  test("stays small by chance, too, also beside an example of a wrong type", async () => {
    const owner = {
      type: "object",
      properties: { zip: { type: "string", example: 10001 }, cat: ref("Cat") },
    };
    expect((await get(owner, schemas)).body).toMatchObject({ cat: { kind: "Cat", lives: 0 } });
    for (const seed of [1, 2, 3]) {
      const { body, text } = await get(owner, schemas, `dynamic=true, seed=${seed}`);
      expect(body).toMatchObject({ cat: { kind: "Cat" } });
      expect(text.length).toBeLessThan(2_000);
    }
  });
});

describe("an answer whose schema leads back to itself", () => {
  const Pet = {
    type: "object",
    oneOf: [ref("Cat")],
    discriminator: { propertyName: "kind" },
    properties: { kind: { type: "string" } },
  };
  const Cat = { allOf: [ref("Pet"), { type: "object", properties: { lives: { type: "integer" } } }] };
  const owner = { type: "object", properties: { zip: { type: "string" }, cat: ref("Cat") } };
  const told = async (example: unknown) => {
    await mock?.close();
    const document = contract(
      { "/": { get: { responses: { 200: json({ schema: owner, example }) } } } },
      { components: { schemas: { Pet, Cat } } },
    );
    mock = await createMock(document, { port: false });
    return (await mock.fetch("/")).headers.get("sl-violations");
  };

  test("tells what is wrong in its example, and only that", async () => {
    expect(await told({ zip: 10001, cat: { kind: "Cat", lives: 9 } })).toContain(
      "property zip must be string",
    );
    expect(await told({ zip: "1", cat: { kind: "Cat", lives: "nine" } })).toContain(
      "cat.lives must be integer",
    );
    expect(await told({ zip: "1", cat: { kind: "Cat", lives: 9 } })).toBeNull();
  });
});

describe.each(["dynamic=false", "dynamic=true"])("bounds beyond reason make small values (%s)", (prefer) => {
  test.each<[string, unknown]>([
    ["maxLength", { type: "string", maxLength: 10_485_760 }],
    ["maxLength beside a pattern", { type: "string", pattern: "^[a-z]{5,100000000}$", maxLength: 1e8 }],
    ["maxItems", { type: "array", maxItems: 1e9, items: { type: "string" } }],
    ["maxProperties", { type: "object", maxProperties: 1e9, additionalProperties: { type: "string" } }],
    ["maximum", { type: "integer", minimum: -(2 ** 53) + 1, maximum: 2 ** 53 - 1 }],
  ])("that are valid: %s", async (_name, schema) => {
    const { text, violations } = await get(schema, {}, prefer);
    expect(text.length).toBeLessThan(200);
    expect(violations).toBeNull();
  });

  test.each<[string, unknown]>([
    ["minLength", { type: "string", minLength: 10_485_760 }],
    ["minLength beside a pattern", { type: "string", pattern: "^(([a-z]+)+)+$", minLength: 1e7 }],
    ["a pattern", { type: "string", pattern: "^(a{1000}){1000}$" }],
    ["minItems", { type: "array", minItems: 1e9, items: { type: "string" } }],
    [
      "minItems, nested",
      { type: "array", minItems: 1e3, items: { type: "array", minItems: 1e3, items: {} } },
    ],
    ["minProperties", { type: "object", minProperties: 1e9 }],
    [
      "unique items that are too few",
      { type: "array", minItems: 1e4, uniqueItems: true, items: { enum: [1, 2] } },
    ],
  ])("or say that they are not: %s", async (_name, schema) => {
    const { status, text, violations } = await get(schema, {}, prefer);
    expect(status).toBe(200);
    expect(text.length).toBeLessThan(400_000);
    expect(violations).not.toBeNull();
  });

  test("where thirty types hold each other, all at once and one of them", async () => {
    const names = Array.from({ length: 30 }, (_, index) => `S${index}`);
    const mesh = (member: (others: string[]) => unknown) =>
      Object.fromEntries(
        names.map((name, index) => [name, member([...names.slice(index + 1), ...names.slice(0, index + 1)])]),
      );
    const all = mesh((others) => ({
      type: "object",
      properties: Object.fromEntries(others.map((other) => [other, ref(other)])),
    }));
    const { status, text } = await get(ref("S0"), all, prefer);
    expect(status).toBe(200);
    expect(text.length).toBeLessThan(400_000);
    const oneOf = mesh((others) => ({
      type: "object",
      required: ["next"],
      properties: { next: { oneOf: others.map(ref) } },
    }));
    expect((await get(ref("S0"), oneOf, prefer)).status).toBe(200);
  });
});

describe("one bad spot is mended, and nothing else", () => {
  test.each<[string, Record<string, unknown>, unknown]>([
    [
      "an example of a wrong type among good ones",
      {
        type: "object",
        properties: {
          customer: { type: "string", example: "Ann" },
          placed: { type: "string", format: "date", example: "2024-01-31" },
          postcode: { type: "string", example: 10001 },
        },
      },
      { customer: "Ann", placed: "2024-01-31", postcode: "string" },
    ],
    [
      "members of an example of the whole: one wrong, one missing, one too many",
      {
        type: "object",
        required: ["id", "name"],
        additionalProperties: false,
        properties: {
          id: { type: "integer", minimum: 3 },
          name: { type: "string" },
          age: { type: "integer" },
        },
        example: { name: "Ada", age: "old", extra: true },
      },
      { id: 3, name: "Ada", age: 0 },
    ],
    ["an item of a list", { type: "array", items: { type: "integer" }, example: [1, "two", 3] }, [1, 0, 3]],
    [
      "a default outside its enum",
      {
        type: "object",
        properties: { size: { enum: ["s", "m"], default: "xl" }, name: { type: "string", example: "Ada" } },
      },
      { size: "s", name: "Ada" },
    ],
    [
      "inside one of several alternatives",
      {
        type: "object",
        properties: {
          name: { type: "string", example: "Ada" },
          pet: {
            oneOf: [
              {
                type: "object",
                required: ["bark"],
                properties: {
                  bark: { type: "string", example: "wuff" },
                  legs: { type: "integer", example: "4" },
                },
              },
              { type: "integer" },
            ],
          },
        },
      },
      { name: "Ada", pet: { bark: "wuff", legs: 0 } },
    ],
    [
      "a schema extended though it is closed",
      {
        allOf: [
          {
            type: "object",
            additionalProperties: false,
            required: ["name"],
            properties: { name: { type: "string", example: "Ada" } },
          },
          { type: "object", properties: { age: { type: "integer" } } },
        ],
      },
      { name: "Ada" },
    ],
  ])("%s", async (_name, schema, expected) => {
    const { body, violations } = await get(schema);
    expect(body).toEqual(expected);
    expect(violations).toBeNull();
  });

  test("and what cannot be mended is reported, the rest kept", async () => {
    const { body, violations } = await get({
      type: "object",
      required: ["name", "code"],
      properties: { name: { type: "string", example: "Ada" }, code: { type: "string", pattern: "^(?!)$" } },
    });
    expect(body).toMatchObject({ name: "Ada" });
    expect(violations).toContain("must match pattern");
  });
});

describe("samples", () => {
  test("carry the tag that a branch spells out, rather than its schema's name", async () => {
    const schemas = {
      BooleanSchema: { type: "object", required: ["type"], properties: { type: { enum: ["boolean"] } } },
      NumberSchema: { type: "object", required: ["type"], properties: { type: { const: "number" } } },
    };
    const schema = {
      oneOf: [ref("BooleanSchema"), ref("NumberSchema")],
      discriminator: { propertyName: "type" },
    };
    expect((await get(schema, schemas)).body).toEqual({ type: "boolean" });
    for (const seed of [1, 2, 3, 4]) {
      const { body, violations } = await get(schema, schemas, `dynamic=true, seed=${seed}`);
      expect(["boolean", "number"]).toContain((body as { type: string }).type);
      expect(violations).toBeNull();
    }
  });

  test.each(["dynamic=false", "dynamic=true"])(
    "name free properties as propertyNames says (%s)",
    async (prefer) => {
      const languages = await get(
        { type: "object", propertyNames: { enum: ["en", "de"] }, minProperties: 2 },
        {},
        prefer,
      );
      expect(Object.keys(languages.body as object).sort()).toEqual(["de", "en"]);
      const regions = await get(
        { type: "object", propertyNames: { pattern: "^[a-z]{2}-[A-Z]{2}$" }, minProperties: 3 },
        {},
        prefer,
      );
      expect(Object.keys(regions.body as object)).toHaveLength(3);
      expect(regions.violations).toBeNull();
    },
  );

  test("show the children of a tree, one level of them", async () => {
    const Tree = {
      type: "object",
      required: ["name", "children"],
      properties: { name: { type: "string" }, children: { type: "array", items: ref("Tree") } },
    };
    const expected = { name: "string", children: [{ name: "string", children: [] }] };
    expect((await get(ref("Tree"), { Tree })).body).toEqual(expected);
    const Trees = { type: "array", items: ref("Branch") };
    const Branch = { type: "object", required: ["children"], properties: { children: ref("Trees") } };
    expect((await get(ref("Branch"), { Trees, Branch })).body).toEqual({ children: [{ children: [] }] });
  });
});

test("a pattern that a text could keep busy for hours refuses that text, and keeps answering", async () => {
  const schema = { type: "object", properties: { name: { type: "string", pattern: "^(a+)+$" } } };
  const post = {
    requestBody: { content: { "application/json": { schema } } },
    responses: { 200: json({ schema }) },
  };
  const patterned = await createMock(contract({ "/": { post } }), { port: false });
  const send = (name: string) =>
    patterned.fetch("/", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name }),
    });
  expect((await send(`${"a".repeat(60)}!`)).status).toBe(422);
  const response = await send("a".repeat(60));
  expect(response.status).toBe(200);
});
