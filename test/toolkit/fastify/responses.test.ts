import { Readable } from "node:stream";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import type { ResponseViolationError } from "../../../toolkit/fastify/errors.ts";
import { responsesContract } from "../../fixtures/responses.ts";
import { start } from "./serve.ts";

/** What the handlers answer next. */
let answer: unknown;
const handlers = {
  exact: () => answer,
  ranges: async () => answer,
  headers: () => answer,
  mediaTypes: () => answer,
};
const reported: ResponseViolationError[] = [];
const strict = await start(responsesContract, { handlers });
const lenient = await start(responsesContract, {
  handlers,
  onResponseViolation: (error) => {
    reported.push(error);
  },
});
afterAll(() => Promise.all([strict.app.close(), lenient.app.close()]));
beforeEach(() => reported.splice(0));

const ask = (path: string, next: unknown, server = strict) => {
  answer = next;
  return server.send("GET", path);
};

describe("an answer that keeps its contract", () => {
  test.each([
    ["/exact", { status: 200, body: { name: "Tom", kind: "cat", age: 0, tags: [] } }],
    ["/exact", { status: 204 }],
    ["/exact", { status: 204, body: undefined }],
    ["/ranges", { status: 404, body: { name: "Tom" } }],
    ["/ranges", { status: 418, body: { message: "I am a teapot" } }],
    ["/ranges", { status: 503, body: "later" }],
  ])("%s sends %j as it is", async (path, next) => {
    const response = await ask(path, next);
    expect(response).toMatchObject({ status: next.status });
    expect(response.body).toEqual("body" in next ? next.body : undefined);
  });

  test("JSON says its charset", async () => {
    const { headers, text } = await ask("/exact", { status: 200, body: { name: "Zoë" } });
    expect(headers).toMatchObject({
      "content-type": "application/json; charset=utf-8",
      "content-length": String(Buffer.byteLength(text)),
    });
  });

  test("no content has no type and no length", async () => {
    const { headers, text } = await ask("/exact", { status: 204 });
    expect(text).toBe("");
    expect(headers["content-type"]).toBeUndefined();
  });

  test("what counts is what goes over the wire", async () => {
    const born = new Date("2023-03-10T16:25:51.113Z");
    const response = await ask("/exact", { status: 200, body: { name: "Tom", born, secret: undefined } });
    expect(response).toMatchObject({ status: 200, body: { name: "Tom", born: "2023-03-10T16:25:51.113Z" } });
  });

  test("headers are sent as text, in any case", async () => {
    const { status, headers } = await ask("/headers", {
      status: 200,
      headers: { LOCATION: "/pets/1", "X-Count": 3, "X-Tags": ["a", "b"] },
    });
    expect({ status, ...headers }).toMatchObject({
      status: 200,
      location: "/pets/1",
      "x-count": "3",
      "x-tags": "a, b",
    });
  });

  test.each([
    [200, { message: "x" }, "application/problem+json; charset=utf-8", '{"message":"x"}'],
    [201, "a,b\n", "text/csv; charset=utf-8", "a,b\n"],
    [202, Buffer.from("PNG"), "image/png", "PNG"],
    [202, () => Readable.from(["P", "NG"]), "image/png", "PNG"],
    [203, { message: "x" }, "application/json; charset=utf-8", '{"message":"x"}'],
    [206, { message: "x" }, "application/json; charset=utf-8", '{"message":"x"}'],
  ])("%i has its media type, JSON before others", async (status, body, contentType, text) => {
    const response = await ask("/media-types", { status, body: typeof body === "function" ? body() : body });
    expect(response).toMatchObject({ status, headers: { "content-type": contentType }, text });
  });
});

describe("an answer that breaks its contract", () => {
  const broken = [
    ["/exact", { status: 201, body: { name: "Tom" } }, "the status 201 is not documented"],
    ["/exact", { status: 200 }, "200 has no body"],
    ["/exact", { status: 204, body: {} }, "204 has a body"],
    ["/exact", { status: 200, body: {} }, "Missing required property: name"],
    ["/exact", { status: 200, body: { name: "Tom", kind: "cow" } }, "The property 'kind' must be one of"],
    ["/exact", { status: 200, body: { name: "Tom", age: -1 } }, "The property 'age' must be >= 0"],
    ["/exact", { status: 200, body: { name: "Tom", secret: "S3CRET" } }, "Unknown property: secret"],
    ["/exact", { status: 200, body: { name: Number.NaN } }, "The property 'name' must be of type string"],
    [
      "/exact",
      { status: 200, body: { name: "Tom", age: Number.NaN } },
      "The property 'age' must be of type integer",
    ],
    ["/ranges", { status: 404, body: { message: "x" } }, "Missing required property: name"],
    ["/ranges", { status: 400, body: { name: "Tom" } }, "Missing required property: message"],
    ["/ranges", { status: 500, body: 5 }, "The body must be of type string"],
    ["/headers", { status: 200 }, "200 has no header location"],
    ["/headers", { status: 200, headers: { Location: "/", Other: "x" } }, "200 has the header Other"],
    [
      "/headers",
      { status: 200, headers: { Location: "S3CRET" } },
      "the header Location of 200 does not match its schema",
    ],
    ["/headers", { status: 200, headers: { Location: "/", "X-Count": "3" } }, "the header X-Count of 200"],
    ["/media-types", { status: 201, body: { a: 1 } }, "the body of 201 must be text or bytes"],
    ["/media-types", { status: 201, body: "a" }, "The body must have at least 3 characters"],
  ] as const;

  test.each(broken)("%s %j is 500 and says what, not with which value", async (path, next, reason) => {
    const response = await ask(path, next);
    expect(response).toMatchObject({ status: 500, body: { name: "ResponseViolationError" } });
    expect(response.body.message).toContain(reason);
    expect(response.text).not.toContain("S3CRET");
    expect(response.headers).not.toHaveProperty("location");
  });

  test.each(broken)(
    "%s %j is reported and sent as it is where the application asks for that",
    async (path, next, reason) => {
      const response = await ask(path, next, lenient);
      expect(response.status).toBe(next.status);
      if (next.status !== 204 && "body" in next)
        expect(response.body).toEqual(JSON.parse(JSON.stringify(next.body)));
      expect(reported).toHaveLength(1);
      expect(reported[0]?.message).toContain(reason);
    },
  );

  test.each([undefined, null, "text", {}, { status: "200" }, { status: 200.5 }])(
    "%j is no answer: always 500",
    async (next) => {
      for (const server of [strict, lenient]) {
        for (const path of ["/exact", "/ranges"]) {
          expect(await ask(path, next, server)).toMatchObject({
            status: 500,
            body: { name: "ResponseViolationError" },
          });
        }
      }
    },
  );

  test.each([{ name: 1n }, Object.assign({ name: "Tom" }, { toJSON: () => undefined })])(
    "a body that cannot be written as JSON is 500",
    async (body) => {
      expect((await ask("/exact", { status: 200, body })).status).toBe(500);
    },
  );
});

test("a required header that a hook of the application's has set is there", async () => {
  const { app, send } = await start(responsesContract, {
    handlers,
    before: (instance) =>
      void instance.addHook("onRequest", (_request, reply, done) => {
        reply.header("location", "/");
        done();
      }),
  });
  answer = { status: 200 };
  expect((await send("GET", "/headers")).status).toBe(200);
  await app.close();
});

test("what a handler throws goes to the application's error handler", async () => {
  const failing = (thrown: unknown) => () => {
    throw thrown;
  };
  const { app, send } = await start(responsesContract, {
    handlers: {
      exact: failing(Object.assign(new Error("gone"), { statusCode: 410 })),
      ranges: async () => failing(new Error("rejected"))(),
      headers: failing("text"),
      mediaTypes: () => Promise.reject(undefined),
    },
  });
  expect(await send("GET", "/exact")).toMatchObject({ status: 410, body: { message: "gone" } });
  expect(await send("GET", "/ranges")).toMatchObject({ status: 500, body: { message: "rejected" } });
  expect((await send("GET", "/headers")).status).toBe(500);
  expect((await send("GET", "/media-types")).status).toBe(500);
  await app.close();
});
