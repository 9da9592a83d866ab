import { afterAll, describe, expect, test } from "vitest";
import { discriminatorContract } from "../../fixtures/discriminator.ts";
import { start } from "./serve.ts";

const handler = () => ({ status: 204 });
const ids = ["mapped", "consts", "names", "any", "nullable", "list", "hint"];
const { app, send } = await start(discriminatorContract, {
  handlers: Object.fromEntries(ids.map((id) => [id, handler])),
});
afterAll(() => app.close());

describe("a discriminator", () => {
  test.each([
    ["/mapped", { kind: "cat", name: "Tom", lives: 9 }],
    ["/mapped", { kind: "puppy", name: "Rex", barks: true }],
    ["/consts", { kind: "cat", name: "Tom" }],
    ["/consts", { kind: "puppy", name: "Rex" }],
    ["/names", { kind: "Named", name: "Tom" }],
    ["/names", { kind: "Bird", wings: 2, owner: "Ann" }],
    ["/any", { kind: "bird", wings: 2 }],
    ["/any", { kind: "cat", name: "Tom" }],
    ["/nullable", { kind: "cat", name: "Tom" }],
    ["/nullable", null],
    [
      "/list",
      [
        { kind: "cat", name: "Tom" },
        { kind: "dog", name: "Rex" },
      ],
    ],
    ["/hint", { kind: "whatever", name: "Tom" }],
  ])("%s takes %j", async (path, json) => {
    expect((await send("POST", path, { json })).text).toBe("");
  });

  test.each([
    ["/mapped", { kind: "cat", name: "T" }, ["name"], "minLength"],
    ["/mapped", { kind: "cat", name: "Tom", barks: true }, ["barks"], "additionalProperties"],
    ["/mapped", { kind: "puppy", name: "Rex", barks: "loudly" }, ["barks"], "type"],
    ["/mapped", { kind: "dog" }, ["name"], "required"],
    ["/mapped", { name: "Tom" }, ["kind"], "required"],
    ["/mapped", {}, ["kind"], "required"],
    ["/mapped", { kind: 1, name: "Tom" }, ["kind"], "enum"],
    ["/mapped", { kind: null }, ["kind"], "enum"],
    ["/mapped", "cat", [], "type"],
    ["/mapped", null, [], "type"],
    ["/mapped", [], [], "type"],
    ["/names", { kind: "Bird", wings: "two" }, ["wings"], "type"],
    ["/names", { kind: "Bird", wings: 2, color: "red" }, ["color"], "unevaluatedProperties"],
    ["/any", { kind: "bird" }, ["wings"], "required"],
    ["/nullable", { kind: "cat" }, ["name"], "required"],
    [
      "/list",
      [
        { kind: "cat", name: "Tom" },
        { kind: "dog", name: "R" },
      ],
      ["1", "name"],
      "minLength",
    ],
  ])(
    "%s refuses %j with the violation of the branch that the tag chooses",
    async (path, json, place, keyword) => {
      const response = await send("POST", path, { json });
      expect(response).toMatchObject({
        status: 400,
        body: { violations: [{ location: ["body", ...place], keyword }] },
      });
      expect(response.body.violations).toHaveLength(1);
    },
  );

  test("an unknown tag is told which ones there are", async () => {
    const { body } = await send("POST", "/mapped", { json: { kind: "cow", name: "Bess" } });
    expect(body.message).toBe(`The property 'kind' must be one of "cat", "dog", "puppy"`);
    expect(body.violations[0].params).toEqual({ allowedValues: ["cat", "dog", "puppy"] });
  });

  test("a branch's property has its description", async () => {
    for (const json of [{ kind: "cat", name: "T" }, { kind: "cat" }]) {
      const { body } = await send("POST", "/mapped", { json });
      expect(body.violations[0].description).toBe("What it listens to.");
    }
  });
});
