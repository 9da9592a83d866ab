import { expect, test } from "vitest";
import { email, passkey, phone, totp } from "../../support/methods.ts";
import { sharedServer } from "../../support/shared-server.ts";
import { createMethod, createUser, methodsOf } from "../../support/users.ts";

test("lists methods in the order of their creation, confirmed and without secrets", async () => {
  const server = await sharedServer();
  const methods = await createUser(server);
  const created = [];
  for (const request of [totp(), phone(), email(), passkey()])
    created.push(await createMethod(server, methods, request));
  const { status, body } = await server.call(methods);
  expect(status).toBe(200);
  expect(body).toEqual(
    created.map(({ totp_secret: _secret, ...method }) => ({ ...method, confirmed: true })),
  );
});

test("pages and counts", async () => {
  const server = await sharedServer();
  const methods = await createUser(server);
  for (let number = 0; number < 5; number++) await createMethod(server, methods, email(number));
  const page = async (query: string) => (await server.call(`${methods}?${query}`)).body;
  const all = await page("");
  expect(await page("page=1&per_page=2")).toEqual(all.slice(2, 4));
  expect(await page("page=2&per_page=2&include_totals=true")).toEqual({
    authenticators: all.slice(4),
    total: 5,
    start: 4,
    limit: 2,
  });
  expect(await page("page=3&per_page=2&include_totals=true")).toEqual({
    authenticators: [],
    total: 5,
    start: 6,
    limit: 2,
  });
  expect(await page("per_page=0&include_totals=true")).toEqual({
    authenticators: [],
    total: 5,
    start: 0,
    limit: 0,
  });
  expect(await page("include_totals=false")).toEqual(all);
});

test("gives an empty page with totals for a user without methods", async () => {
  const server = await sharedServer();
  const methods = await createUser(server);
  expect((await server.call(`${methods}?include_totals=true&per_page=50`)).body).toEqual({
    authenticators: [],
    total: 0,
    start: 0,
    limit: 50,
  });
});

test.each([
  ["per_page=101", "per_page"],
  ["per_page=-1", "per_page"],
  ["page=one", "page"],
  ["page=1.5", "page"],
  ["include_totals=perhaps", "include_totals"],
  ["sort=name", "sort"],
])("refuses ?%s and names the parameter", async (query, parameter) => {
  const server = await sharedServer();
  const methods = await createUser(server);
  const { status, body } = await server.call(`${methods}?${query}`);
  expect(status).toBe(400);
  expect(body).toMatchObject({ statusCode: 400, error: "Bad Request", errorCode: "invalid_query_string" });
  expect(body.message).toMatch(/^Query validation error: /);
  expect(body.message).toContain(parameter);
});

test("refuses a user that does not exist", async () => {
  const server = await sharedServer();
  expect(await server.call(methodsOf("auth0|nobody"))).toMatchObject({
    status: 404,
    body: { errorCode: "inexistent_user" },
  });
});

test("takes a body of null, which some clients send with a GET", async () => {
  const server = await sharedServer();
  const methods = await createUser(server);
  const request = await import("node:http");
  const token = await server.token();
  const status = await new Promise<number | undefined>((resolve, reject) => {
    request
      .request(
        `${server.origin}/api/v2${methods}`,
        {
          method: "GET",
          headers: {
            authorization: `Bearer ${token}`,
            "content-type": "application/json",
            "content-length": 4,
          },
        },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      )
      .on("error", reject)
      .end("null");
  });
  expect(status).toBe(200);
});
