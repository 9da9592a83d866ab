import { inspect } from "node:util";
import { expect, test } from "vitest";
import {
  allOf,
  apiKey,
  basic,
  bearer,
  createClient,
  NetworkError,
  unwrap,
} from "../../../toolkit/client/index.ts";
import { json, serve } from "../../client/live-server.ts";
import { freePort } from "../../support/free-port.ts";
import type { paths } from "./things.ts";

const things = { items: [] };

test("thirty calls that are refused at once renew the token once, trimmed", async () => {
  const { baseUrl, received } = await serve((response, { headers }) =>
    headers.authorization === "Bearer t1" ? json(response, 200, things) : json(response, 401, {}),
  );
  let renewals = 0;
  let current = "t0\n";
  const client = createClient<paths>({
    baseUrl,
    token: async ({ renew }) => {
      if (renew) current = `t${++renewals}\n`;
      return current;
    },
  });

  const results = await Promise.all(Array.from({ length: 30 }, () => client.GET("/things")));

  expect(results.map(({ response }) => response.status)).toEqual(Array(30).fill(200));
  expect(renewals).toBe(1);
  expect(received).toHaveLength(60);
});

test("a renewal that fails or gives the same token is asked for again by the next call", async () => {
  const { baseUrl } = await serve((response, { headers }) =>
    headers.authorization === "Bearer good" ? json(response, 200, things) : json(response, 401, {}),
  );
  const answers = [new Error("down"), "old", "good"];
  const client = createClient<paths>({
    baseUrl,
    token: ({ renew }) => {
      const answer = renew ? answers.shift() : "old";
      if (typeof answer !== "string") throw answer;
      return answer;
    },
  });

  await expect(client.GET("/things")).rejects.toThrow("down");
  expect((await client.GET("/things")).response.status).toBe(401);
  expect((await client.GET("/things")).response.status).toBe(200);
});

test("a token function that gives no text is a TokenError", async () => {
  const { baseUrl, received } = await serve((response) => json(response, 200, things));
  const client = createClient<paths>({ baseUrl, token: (() => undefined) as never });

  await expect(client.GET("/things")).rejects.toMatchObject({ name: "TokenError" });
  expect(received).toEqual([]);
});

test("HTTP Basic is sent in UTF-8", async () => {
  const { baseUrl, received } = await serve((response) => json(response, 200, things));

  await createClient<paths>({ baseUrl, auth: basic("ada", "pässword") }).GET("/things");

  const credentials = received[0]?.headers.authorization?.replace("Basic ", "") ?? "";
  expect(Buffer.from(credentials, "base64").toString()).toBe("ada:pässword");
});

test.each([
  ["header", { "x-api-key": "k3y/+" }, "/api/v2/things?page=1"],
  ["cookie", { cookie: "x-api-key=k3y%2F%2B" }, "/api/v2/things?page=1"],
  ["query", {}, "/api/v2/things?page=1&x-api-key=k3y%2F%2B"],
] as const)("an API key goes into the %s", async (place, headers, url) => {
  const { baseUrl, received } = await serve((response) => json(response, 200, things));
  const auth = apiKey({ in: place, name: "x-api-key", value: "k3y/+" });

  await createClient<paths>({ baseUrl, auth }).GET("/things", { params: { query: { page: 1 } } });

  expect(received[0]).toMatchObject({ headers, url });
});

test("an API key in the query is in no error, and the body arrives with it", async () => {
  const { baseUrl, received } = await serve((response) => json(response, 400, { detail: "No such thing" }));
  const auth = apiKey({ in: "query", name: "key", value: "s3cret" });
  const client = createClient<paths>({ baseUrl, auth, retry: false });
  const down = createClient<paths>({ baseUrl: `http://127.0.0.1:${await freePort()}`, auth, retry: false });

  const refused = await unwrap(client.POST("/things", { body: { name: "a" } })).catch((error) => error);
  const unreachable = await down.GET("/things").catch((error) => error);

  expect(received[0]).toMatchObject({ url: "/api/v2/things?key=s3cret", body: '{"name":"a"}' });
  expect(refused.message).toBe(`POST ${baseUrl}/things: 400 Bad Request No such thing`);
  expect(unreachable).toBeInstanceOf(NetworkError);
  for (const error of [refused, unreachable])
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain("s3cret");
});

test("several credentials go together, and only what can be renewed is", async () => {
  const { baseUrl, received } = await serve((response, { headers }) =>
    headers.authorization === "Bearer new" ? json(response, 200, things) : json(response, 401, {}),
  );
  const auth = allOf(
    bearer(({ renew }) => (renew ? "new" : "old")),
    apiKey({ in: "header", name: "x-api-key", value: "k" }),
  );

  await createClient<paths>({ baseUrl, auth }).GET("/things");

  expect(received.map(({ headers }) => [headers.authorization, headers["x-api-key"]])).toEqual([
    ["Bearer old", "k"],
    ["Bearer new", "k"],
  ]);
});

test("a function of one's own signs requests", async () => {
  const { baseUrl, received } = await serve((response) => json(response, 201, { id: "1" }));
  const client = createClient<paths>({
    baseUrl,
    auth: async (request) => {
      request.headers.set("x-signature", `${(await request.clone().text()).length}`);
      return request;
    },
  });

  await client.POST("/things", { body: { name: "a" } });

  expect(received[0]).toMatchObject({ headers: { "x-signature": "12" }, body: '{"name":"a"}' });
});

test("client credentials need no audience", async () => {
  const { baseUrl, received } = await serve((response, { url }) =>
    json(response, 200, url.endsWith("/token") ? { access_token: "t" } : things),
  );
  const token = { tokenUrl: `${baseUrl}/token`, clientId: "a", clientSecret: "b" };

  await createClient<paths>({ baseUrl, token }).GET("/things");

  expect(received[0]?.body).toBe("grant_type=client_credentials&client_id=a&client_secret=b");
  expect(received[1]?.headers.authorization).toBe("Bearer t");
});

test("credentials that cannot be used are refused when they are made", () => {
  expect(() => basic("a:b", "c")).toThrow("cannot have a colon");
  expect(() => apiKey({ in: "header", name: "x", value: "" })).toThrow("the API key x is empty");
  expect(() => bearer(" ")).toThrow("token is empty");
});
