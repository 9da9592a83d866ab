import { QueryClient } from "@tanstack/react-query";
import createReactQueryClient from "openapi-react-query";
import { expect, test } from "vitest";
import { createClient } from "../../client/src/index.ts";
import { envelope, json, serve } from "./live-server.ts";

const id = "auth0|5f7c8ec7c33c6c004bbafe82";
const path = { params: { path: { id } } };

test("middleware sees requests and answers, and may answer itself", async () => {
  const { baseUrl, received } = await serve((response) => json(response, 200, { user_id: id }));
  const client = createClient({ baseUrl });
  const seen: number[] = [];
  client.use({
    onRequest: ({ request }) => request.headers.set("x-trace", "7"),
    onResponse: ({ response }) => {
      seen.push(response.status);
    },
  });

  await client.GET("/users/{id}", path);
  const { data } = await client.GET("/users/{id}", {
    ...path,
    middleware: [{ onRequest: () => Response.json({ user_id: "cached" }) }],
  });

  expect(received.map(({ headers }) => headers["x-trace"])).toEqual(["7"]);
  expect(seen).toEqual([200]);
  expect(data?.user_id).toBe("cached");
});

test("openapi-fetch's own options are passed on", async () => {
  const { baseUrl, received } = await serve((response) => json(response, 201, { type: "email" }));
  const client = createClient({ baseUrl: `${baseUrl}/`, headers: { "x-tenant": "acme" } });

  await client.POST("/users/{id}/authentication-methods", {
    ...path,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: { type: "email", email: "ada@example.com" },
  });

  expect(received[0]).toMatchObject({
    url: "/api/v2/users/auth0%7C5f7c8ec7c33c6c004bbafe82/authentication-methods",
    headers: { "x-tenant": "acme" },
    body: "type=email&email=ada%40example.com",
  });
});

test("a fetch that is replaced after the client was made is used, as request mocks do", async () => {
  const client = createClient({ baseUrl: "https://identity.example.com/api/v2" });
  const original = globalThis.fetch;
  globalThis.fetch = async () => Response.json({ user_id: "mocked" });

  const { data } = await client.GET("/users/{id}", path).finally(() => {
    globalThis.fetch = original;
  });

  expect(data?.user_id).toBe("mocked");
});

test("openapi-react-query queries through the client, with its token and its retries", async () => {
  const { baseUrl, received } = await serve((response, _request, n) =>
    n === 0 ? json(response, 503, envelope(503, "Busy", "Busy")) : json(response, 200, { user_id: id }),
  );
  const $api = createReactQueryClient(createClient({ baseUrl, token: "abc", retry: { delay: 1 } }));

  const user = await new QueryClient().fetchQuery($api.queryOptions("get", "/users/{id}", path));

  expect(user.user_id).toBe(id);
  expect(received.map(({ headers }) => headers.authorization)).toEqual(["Bearer abc", "Bearer abc"]);
});
