import { afterAll, describe, expect, test } from "vitest";
import { schemas30Contract, schemas31Contract } from "../../fixtures/schemas.ts";
import { start } from "./serve.ts";

const echo = ({ body }: { body: unknown }) => ({ status: 200, body });
const version31 = await start(schemas31Contract, {
  handlers: {
    ...Object.fromEntries(
      ["annotated", "point", "closed", "sibling", "formats", "maybe", "any"].map((id) => [id, echo]),
    ),
    // What a response shows is not what a request may send.
    item: () => ({ status: 200, body: { id: "1", created: "now", name: "Tom" } }),
    extended: () => ({ status: 200, body: { id: "1", name: "Tom" } }),
    pointed: () => ({ status: 200, body: { id: "1", name: "Tom", password: "x" } }),
  },
  formats: { "even-length": (text: string) => text.length % 2 === 0 },
});
const version30 = await start(schemas30Contract, { handlers: { limits: echo } });
afterAll(() => Promise.all([version31.app.close(), version30.app.close()]));

const post = (path: string, json: unknown) =>
  (path === "/limits" ? version30 : version31).send("POST", path, { json });

describe("OpenAPI 3.1", () => {
  test.each([
    ["/annotated", { name: "Tom" }],
    ["/point", [1, 2]],
    ["/closed", { id: "1", size: 2 }],
    ["/sibling", { price: 4.35 }],
    [
      "/formats",
      {
        email: "a@example.com",
        bytes: "aGk=",
        at: "2023-03-10T16:25:51.113Z",
        own: "ab",
        small: 1,
        secret: "x",
      },
    ],
    ["/maybe", null],
    ["/maybe", { a: 1 }],
    ["/any", [{ anything: 1 }]],
  ])("%s takes %j and gives it back", async (path, json) => {
    expect(await post(path, json)).toMatchObject({ status: 200, body: json });
  });

  test.each([
    ["/annotated", { name: 1 }, ["name"], "type"],
    ["/point", [1, "2"], ["1"], "type"],
    ["/point", [1, 2, 3], [], "items"],
    ["/closed", { color: "red" }, ["color"], "unevaluatedProperties"],
    ["/sibling", { price: 11 }, ["price"], "maximum"],
    ["/sibling", { price: 0 }, ["price"], "exclusiveMinimum"],
    ["/sibling", { price: 0.015 }, ["price"], "multipleOf"],
    ["/formats", { email: "a" }, ["email"], "format"],
    ["/formats", { bytes: "a*" }, ["bytes"], "format"],
    ["/formats", { at: "yesterday" }, ["at"], "format"],
    ["/formats", { own: "abc" }, ["own"], "format"],
    ["/formats", { small: 2147483648 }, ["small"], "format"],
    ["/maybe", { a: "1" }, ["a"], "type"],
    ["/maybe", "x", [], "anyOf"],
  ])("%s refuses %j", async (path, json, place, keyword) => {
    expect(await post(path, json)).toMatchObject({
      status: 400,
      body: { violations: [{ location: ["body", ...place], keyword }] },
    });
  });
});

test("a number beyond all bounds is none", async () => {
  const headers = { "content-type": "application/json" };
  const { status } = await version31.send("POST", "/sibling", { raw: '{"price":-1e999}', headers });
  expect(status).toBe(400);
  expect((await version31.send("POST", "/point", { raw: "[1e999,1]", headers })).status).toBe(400);
});

describe("OpenAPI 3.0", () => {
  test.each([{ nullable: null }, { above: 0.1 }, { upTo: 10 }, { ignored: "x" }])(
    "takes %j",
    async (json) => {
      expect(await post("/limits", json)).toMatchObject({ status: 200, body: json });
    },
  );

  test.each([
    [{ above: 0 }, "exclusiveMinimum"],
    [{ upTo: 10.1 }, "maximum"],
    [{ ignored: null }, "type"],
  ])("refuses %j", async (json, keyword) => {
    expect(await post("/limits", json)).toMatchObject({ status: 400, body: { violations: [{ keyword }] } });
  });
});

describe("readOnly and writeOnly", () => {
  test("a request has no readOnly property, required or not", async () => {
    expect((await post("/item", { name: "Tom", password: "x" })).status).toBe(200);
    expect((await post("/extended", { name: "Tom", password: "x" })).status).toBe(200);
    for (const [json, name] of [
      [{ id: "1", name: "Tom", password: "x" }, "id"],
      [{ created: "now", name: "Tom", password: "x" }, "created"],
    ] as const) {
      expect(await post("/item", json)).toMatchObject({
        status: 400,
        body: {
          message: `The property '${name}' is read-only`,
          violations: [{ location: ["body", name], keyword: "readOnly" }],
        },
      });
    }
    const { body } = await post("/item", { id: "1", name: "Tom", password: "x" });
    expect(body.violations[0].description).toBe("Ours to give.");
  });

  test("what else is required stays required", async () => {
    expect(await post("/item", { name: "Tom" })).toMatchObject({
      status: 400,
      body: { violations: [{ location: ["body", "password"] }] },
    });
  });

  test("a response has no writeOnly property", async () => {
    expect(await post("/pointed", { name: "Tom", password: "x" })).toMatchObject({
      status: 500,
      body: {
        name: "ResponseViolationError",
        violation: { location: ["body", "password"], keyword: "writeOnly" },
      },
    });
  });
});
