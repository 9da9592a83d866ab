import { inspect } from "node:util";
import { expect, test } from "vitest";
import {
  ApiError,
  createClient,
  NetworkError,
  UnexpectedResponseError,
  unwrap,
} from "../../client/src/index.ts";
import { freePort } from "../support/free-port.ts";
import { envelope, json, serve } from "./live-server.ts";

const id = "auth0|5f7c8ec7c33c6c004bbafe82";
const path = { params: { path: { id } } };
const encodedPath = "/users/auth0%7C5f7c8ec7c33c6c004bbafe82";

const caught = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

test("unwrap gives the data of a success", async () => {
  const { baseUrl } = await serve((response) => json(response, 200, { user_id: id }));

  const user = await unwrap(createClient({ baseUrl }).GET("/users/{id}", path));

  expect(user).toEqual({ user_id: id });
});

test("unwrap gives undefined for an answer without content", async () => {
  const { baseUrl } = await serve((response) => {
    response.writeHead(204).end();
  });

  expect(await unwrap(createClient({ baseUrl }).DELETE("/users/{id}", path))).toBeUndefined();
});

test("unwrap throws an ApiError with everything that the answer tells", async () => {
  const body = envelope(404, "Not Found", "The user does not exist.", "inexistent_user");
  const { baseUrl } = await serve((response) => json(response, 404, body, { "x-request-id": "req-7" }));

  const error = await caught(unwrap(createClient({ baseUrl }).GET("/users/{id}", path)));

  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({
    name: "ApiError",
    message: `GET ${baseUrl}${encodedPath}: 404 inexistent_user: The user does not exist.`,
    status: 404,
    errorCode: "inexistent_user",
    envelope: body,
    requestId: "req-7",
  });
});

test("an ApiError holds no token, however it is printed", async () => {
  const { baseUrl } = await serve((response) => json(response, 403, envelope(403, "Forbidden", "No")));

  const error = await caught(unwrap(createClient({ baseUrl, token: "s3cret" }).GET("/users/{id}", path)));

  expect(error).toBeInstanceOf(ApiError);
  expect(inspect(error, { depth: 10, showHidden: true })).not.toContain("s3cret");
});

test("an error without a body is thrown all the same", async () => {
  const { baseUrl } = await serve((response) => {
    response.writeHead(500, { "content-length": "0" }).end();
  });

  const error = await caught(unwrap(createClient({ baseUrl }).GET("/users/{id}", path)));

  expect(error).toMatchObject({ name: "ApiError", status: 500, envelope: undefined });
});

test("method and address are known also where a middleware replaces the answer", async () => {
  const { baseUrl } = await serve((response) =>
    json(response, 409, envelope(409, "Conflict", "There", "exists")),
  );
  const client = createClient({ baseUrl });
  client.use({ onResponse: ({ response }) => new Response(response.body, response) });

  await expect(
    unwrap(client.PUT("/users/{id}/authentication-methods", { ...path, body: [] })),
  ).rejects.toThrow(`PUT ${baseUrl}${encodedPath}/authentication-methods: 409 exists: There`);
});

test("an expired token says how to have it renewed", async () => {
  const { baseUrl } = await serve((response) =>
    json(
      response,
      401,
      envelope(401, "Unauthorized", "Expired token received for JSON Web Token validation"),
    ),
  );

  await expect(unwrap(createClient({ baseUrl, token: "abc" }).GET("/users/{id}", path))).rejects.toThrow(
    "Expired token received for JSON Web Token validation. Check token; a function or client credentials renew it",
  );
});

test("a proxy's web page in place of the API's error says so and shows its beginning", async () => {
  const page = `<html><h1>502 Bad Gateway</h1>${"x".repeat(5_000)}</html>`;
  const { baseUrl } = await serve((response) => {
    response.writeHead(502, { "content-type": "text/html" }).end(page);
  });

  const error = await caught(unwrap(createClient({ baseUrl, retry: false }).GET("/users/{id}", path)));

  expect(error).toMatchObject({ name: "ApiError", status: 502, envelope: undefined, errorCode: undefined });
  expect(String(error)).toContain(
    "502 Bad Gateway, not from this API. Check baseUrl and the proxies before the server",
  );
  expect(String(error)).toContain("<h1>502 Bad Gateway</h1>");
  expect(String(error).length).toBeLessThan(400);
});

test("JSON that is not the API's envelope is not taken for it", async () => {
  const { baseUrl } = await serve((response) => json(response, 500, { error: "upstream" }));

  const error = await caught(unwrap(createClient({ baseUrl }).GET("/users/{id}", path)));

  expect(error).toMatchObject({ status: 500, envelope: undefined });
});

test("a route that the server does not have points at baseUrl", async () => {
  const { baseUrl } = await serve((response) =>
    json(response, 404, envelope(404, "Not Found", "There is nothing at this path.", "not_found")),
  );

  await expect(unwrap(createClient({ baseUrl }).GET("/users/{id}", path))).rejects.toThrow(
    "Check baseUrl, which ends like /api/v2",
  );
});

test("a web page where JSON is expected is an UnexpectedResponseError", async () => {
  const { baseUrl } = await serve((response) => {
    response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>Shop</title>");
  });

  const error = await caught(createClient({ baseUrl }).GET("/users/{id}", path));

  expect(error).toBeInstanceOf(UnexpectedResponseError);
  expect(String(error)).toContain(
    `GET ${baseUrl}${encodedPath}: 200 with text/html, not JSON. Check baseUrl`,
  );
});

test("a redirect, on which a POST may become a GET, is an UnexpectedResponseError that names the new address", async () => {
  const { baseUrl } = await serve((response, { url }) => {
    if (url.startsWith("/moved")) return json(response, 200, []);
    response.writeHead(301, { location: `/moved${url}` }).end();
  });

  const call = createClient({ baseUrl }).POST("/users/{id}/authentication-methods", {
    ...path,
    body: { type: "email", email: "ada@example.com" },
  });

  await expect(call).rejects.toThrow(/redirected to http:\/\/.*\/moved\/api\/v2\/users\/.* Check baseUrl/);
});

test("a server that is not there is a NetworkError that names address and reason", async () => {
  const baseUrl = `http://127.0.0.1:${await freePort()}/api/v2`;

  const error = await caught(createClient({ baseUrl, retry: false }).GET("/users/{id}", path));

  expect(error).toBeInstanceOf(NetworkError);
  expect(String(error)).toMatch(
    /^NetworkError: GET http:.*: no answer \(connect ECONNREFUSED .*\)\. Is the server up/,
  );
});

test("a host that does not exist is a NetworkError", async () => {
  const client = createClient({ baseUrl: "https://identity.invalid/api/v2", retry: false });

  await expect(client.GET("/users/{id}", path)).rejects.toThrow(
    /no answer \(getaddrinfo .* identity\.invalid\)/,
  );
});

test.each(["", "localhost:3000", "/api/v2", "ftp://example.com", undefined])(
  "the base URL %j is refused when the client is made",
  (baseUrl) => {
    expect(() => createClient({ baseUrl: baseUrl as string })).toThrow(
      `baseUrl must be like https://identity.example.com/api/v2, not ${baseUrl}`,
    );
  },
);

test("an empty token and incomplete credentials are refused when the client is made", () => {
  const baseUrl = "https://identity.example.com/api/v2";
  const tokenUrl = "https://identity.example.com/oauth/token";

  expect(() => createClient({ baseUrl, token: " " })).toThrow("token is empty");
  expect(() =>
    createClient({ baseUrl, token: { tokenUrl: "x", clientId: "a", clientSecret: "b", audience: "c" } }),
  ).toThrow("token.tokenUrl must be like https://");
  expect(() =>
    createClient({ baseUrl, token: { tokenUrl, clientId: "a", clientSecret: "", audience: "c" } }),
  ).toThrow("token.clientSecret is missing");
});
