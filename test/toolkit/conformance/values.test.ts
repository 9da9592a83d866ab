import fc from "fast-check";
import { describe, expect, test } from "vitest";
import contract from "../../../generated/openapi.json" with { type: "json" };
import { validValues } from "../../../toolkit/conformance/values/arbitrary.ts";
import { boundaries } from "../../../toolkit/conformance/values/boundaries.ts";
import { Validator } from "../../../toolkit/conformance/values/validator.ts";
import { ContractSchema, readDocument } from "../../../toolkit/openapi/index.ts";

const document = readDocument(contract);
const { schemas } = contract.components;

test.each(Object.keys(schemas))("makes 1,000 values of %s, all of them valid", (name) => {
  const located = { value: schemas[name as keyof typeof schemas], pointer: `#/components/schemas/${name}` };
  const schema = new ContractSchema(document, located, "request");
  const values = fc.sample(validValues(schema.generative), { numRuns: 1_000, seed: 1 });
  const validator = new Validator(schema.json);
  expect(values.filter((value) => !validator.accepts(value))).toEqual([]);
});

describe("boundaries", () => {
  const edges = (schema: object) => boundaries(schema as never, new Validator(schema as never));
  const broken = (schema: object) => edges(schema).filter(({ isValid }) => !isValid);

  test.each([
    [{ type: "string", minLength: 3 }, ["minLength", "type"]],
    [{ type: "string", maxLength: 5 }, ["maxLength", "type"]],
    [{ type: "string", pattern: "^[a-z]+$" }, ["pattern", "type"]],
    [{ type: "string", format: "email" }, ["format", "type"]],
    [{ type: "string", format: "date-time" }, ["format", "type"]],
    [{ type: "string", format: "known to nobody" }, ["type"]],
    [{ type: "string", enum: ["a", "b"] }, ["enum", "type"]],
    [{ const: "a" }, ["const"]],
    [{ type: "integer", minimum: 1, maximum: 9 }, ["maximum", "minimum", "type"]],
    [{ type: "number", exclusiveMinimum: 0, multipleOf: 0.5 }, ["exclusiveMinimum", "multipleOf", "type"]],
    [
      { type: "array", items: { type: "integer" }, minItems: 1, maxItems: 2, uniqueItems: true },
      ["maxItems", "minItems", "type", "uniqueItems"],
    ],
    [
      {
        type: "object",
        required: ["a"],
        properties: { a: { type: "boolean" } },
        additionalProperties: false,
      },
      ["additionalProperties", "required", "type"],
    ],
    [
      {
        allOf: [{ type: "object", properties: { a: { type: "integer", maximum: 3 } } }, { required: ["a"] }],
      },
      ["maximum", "required", "type"],
    ],
  ])("breaks each constraint of %j", (schema, keywords) => {
    expect([...new Set(broken(schema).map(({ keyword }) => keyword))].sort()).toEqual(keywords);
  });

  test("breaks one thing at a time, and names it", () => {
    const name = { type: "string", pattern: "^[A-Z]+$", minLength: 2, maxLength: 4, format: "code" };
    const schema = { type: "object", required: ["name"], properties: { name, size: { type: "integer" } } };
    for (const { value, what, keyword } of broken(schema)) {
      const errors = new Validator(schema as never).errors(value);
      expect(
        errors.map((error) => error.keyword),
        what,
      ).toEqual([keyword]);
    }
    expect(broken(schema).map(({ what }) => what)).toContain("/name maxLength 4");
  });

  test("looks at every alternative", () => {
    const branch = (tag: string) => ({
      type: "object",
      required: ["tag"],
      properties: { tag: { const: tag }, [tag]: { type: "string", minLength: 2 } },
    });
    const found = broken({ oneOf: [branch("cat"), branch("dog")] }).map(({ what }) => what);
    expect(found).toEqual(expect.arrayContaining(["/cat minLength 2", "/dog minLength 2"]));
  });
});
