import { afterAll, describe, expect, test } from "vitest";
import { parametersContract } from "../../fixtures/parameters.ts";
import { start } from "./serve.ts";

/** The input of the last handler that was called. */
let last: Record<string, unknown> | undefined;
const handler = (input: unknown) => {
  last = input as Record<string, unknown>;
  return { status: 204 };
};
const ids = ["listThings", "listLists", "plain", "shared", "ids", "headers", "cookies"];
const { app, send } = await start(parametersContract, {
  handlers: Object.fromEntries(ids.map((id) => [id, handler])),
});
afterAll(() => app.close());

describe("query parameters", () => {
  test("absent ones have their defaults, also those of a referenced schema", async () => {
    await send("GET", "/things");
    expect(last?.query).toEqual({ page: 0, per_page: 50, include_totals: false });
  });

  test("present ones have the type of their schema", async () => {
    await send("GET", "/things?page=2&exact=-1.5e1&include_totals=true&q=a+b%20c%2B&level=2&maybe=");
    expect(last?.query).toEqual({
      page: 2,
      per_page: 50,
      exact: -15,
      include_totals: true,
      q: "a b c+",
      level: 2,
      maybe: null,
    });
  });

  test("text stays text where the schema takes a string", async () => {
    await send("GET", "/things?q=007&either=5");
    expect(last?.query).toMatchObject({ q: "007", either: "5" });
  });

  test.each([
    ["page=x", "page", "type"],
    ["page=0x10", "page", "type"],
    ["page=%201", "page", "type"],
    ["page=Infinity", "page", "type"],
    ["page=1.5", "page", "type"],
    ["page=", "page", "type"],
    ["page=9007199254740993", "page", "type"],
    ["page=1&page=2", "page", "type"],
    ["page=-1", "page", "minimum"],
    ["per_page=101", "per_page", "maximum"],
    ["include_totals=1", "include_totals", "type"],
    ["include_totals=True", "include_totals", "type"],
    ["q=", "q", "minLength"],
    ["level=3", "level", "enum"],
    ["q=%zz", "q", "percent-encoding"],
    ["q=%C3%28", "q", "percent-encoding"],
  ])("?%s is 400 and names the parameter", async (search, name, keyword) => {
    expect(await send("GET", `/things?${search}`)).toMatchObject({
      status: 400,
      body: {
        name: "InvalidRequestError",
        part: "query",
        violations: [{ location: ["query", name], keyword }],
      },
    });
  });

  test("a violation carries the description of the parameter or of its schema", async () => {
    const ofSchema = await send("GET", "/things?page=x");
    expect(ofSchema.body.violations[0].description).toBe("Which page, from 0.");
    const ofParameter = await send("GET", "/things?q=");
    expect(ofParameter.body.violations[0].description).toBe("What to look for.");
  });

  test.each([
    "/plain?x=1",
    "/things?x=1",
    "/plain?x",
    "/plain?__proto__=1",
    "/things?constructor=1",
    "/lists?filter=1",
  ])("an undeclared name in %s is 400 and told", async (path) => {
    const name = path.split(/[?=]/)[1];
    expect(await send("GET", path)).toMatchObject({
      status: 400,
      body: { violations: [{ location: ["query", name], keyword: "additionalProperties" }] },
    });
  });

  test("an empty query is no query", async () => {
    expect((await send("GET", "/plain?")).status).toBe(204);
    expect((await send("GET", "/plain?&")).status).toBe(204);
  });

  test("a malformed name is 400", async () => {
    expect((await send("GET", "/plain?%zz=1")).body.violations[0].keyword).toBe("percent-encoding");
  });

  test.each([
    ["exploded=1&exploded=2", { exploded: [1, 2] }],
    ["exploded=1", { exploded: [1] }],
    ["joined=a,b%2Cc,d", { joined: ["a", "b,c", "d"] }],
    ["joined=", { joined: [] }],
    ["piped=a|b%7Cc", { piped: ["a", "b", "c"] }],
    ["spaced=1%202+3", { spaced: [1, 2, 3] }],
    ["filter[size]=3&filter%5Bcolor%5D=red", { filter: { size: 3, color: "red" } }],
    ["json=%7B%22a%22%3A1%7D", { json: { a: 1 } }],
  ])("the style of ?%s is read", async (search, expected) => {
    expect((await send("GET", `/lists?${search}`)).text).toBe("");
    expect(last?.query).toEqual(expected);
  });

  test.each([
    ["exploded=1&exploded=x", ["query", "exploded", "1"], "type"],
    ["exploded=1,2", ["query", "exploded", "0"], "type"],
    ["filter[weight]=3", ["query", "filter", "weight"], "additionalProperties"],
    ["filter[size]=big", ["query", "filter", "size"], "type"],
    ["json={}&json={}", ["query", "json"], "type"],
    ["filter[size]=1&filter[size]=2", ["query", "filter", "size"], "type"],
    ["json=%7B", ["query", "json"], "contentMediaType"],
    ["json=%7B%7D", ["query", "json", "a"], "required"],
  ])("?%s is 400 and says where", async (search, location, keyword) => {
    const response = await send("GET", `/lists?${search}`);
    expect(response).toMatchObject({ status: 400, body: { violations: [{ location, keyword }] } });
  });

  test("a path's parameters and its operations' are merged, the operation's winning by name", async () => {
    expect((await send("GET", "/shared/3?page=5&sort=up&own=x")).status).toBe(204);
    expect(last).toMatchObject({ params: { id: 3 }, query: { page: 5, sort: "up", own: "x" } });
    expect((await send("GET", "/shared/3?page=6")).body.violations[0].keyword).toBe("maximum");
  });
});

describe("path parameters", () => {
  test("are typed and held against their schema", async () => {
    for (const [path, keyword] of [
      ["/shared/x", "type"],
      ["/shared/0", "minimum"],
    ] as const) {
      expect(await send("GET", path)).toMatchObject({
        status: 400,
        body: { part: "path", violations: [{ location: ["path", "id"], keyword }] },
      });
    }
  });

  test("may be a list", async () => {
    await send("GET", "/ids/1,2");
    expect(last?.params).toEqual({ ids: [1, 2] });
  });
});

describe("header parameters", () => {
  test("match in any case, are typed, and have lower-case names", async () => {
    const headers = { "x-TENANT": "acme", "X-Tags": "a, b", "X-Unknown": "1" };
    expect((await send("GET", "/headers", { headers })).status).toBe(204);
    expect(last?.headers).toEqual({ "x-tenant": "acme", "x-retries": 2, "x-tags": ["a", "b"] });
  });

  test.each([
    [{}, "x-tenant", "required"],
    [{ "x-tenant": "A" }, "x-tenant", "pattern"],
    [{ "x-tenant": "a", "x-retries": "two" }, "x-retries", "type"],
  ])("%o is 400 and names the header", async (headers, name, keyword) => {
    expect(await send("GET", "/headers", { headers: headers as Record<string, string> })).toMatchObject({
      status: 400,
      body: { part: "header", violations: [{ location: ["header", name], keyword }] },
    });
  });
});

describe("cookie parameters", () => {
  test("are read, typed, and required", async () => {
    await send("GET", "/cookies", { headers: { cookie: 'other=x; session="12"' } });
    expect(last?.cookies).toEqual({ session: 12 });
    expect(await send("GET", "/cookies")).toMatchObject({
      status: 400,
      body: { part: "cookie", violations: [{ location: ["cookie", "session"], keyword: "required" }] },
    });
  });
});
