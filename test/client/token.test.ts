import { afterEach, expect, test, vi } from "vitest";
import { createClient, TokenError } from "../../client/src/index.ts";
import { envelope, json, type Received, serve } from "./live-server.ts";

const path = { params: { path: { id: "auth0|5f7c8ec7c33c6c004bbafe82" } } };
const email = { type: "email", email: "ada@example.com" } as const;
const refusal = envelope(401, "Unauthorized", "Expired token received for JSON Web Token validation");

afterEach(() => {
  vi.useRealTimers();
});

/** An API that takes one token at a time, and its token endpoint, which issues `t0`, `t1`, … */
async function serveWithTokens(tokens: {
  accepted: () => string;
  lifetime?: number;
  failing?: () => boolean;
}) {
  let issued = 0;
  const isTokenRequest = ({ url }: Received) => url === "/api/v2/oauth/token";
  const server = await serve((response, request) => {
    if (isTokenRequest(request)) {
      if (tokens.failing?.()) return json(response, 400, {});
      return json(response, 200, { access_token: `t${issued++}`, expires_in: tokens.lifetime ?? 86_400 });
    }
    if (request.headers.authorization !== `Bearer ${tokens.accepted()}`) return json(response, 401, refusal);
    json(response, request.method === "POST" ? 201 : 200, { user_id: "auth0|1" });
  });
  return {
    ...server,
    tokenRequests: () => server.received.filter(isTokenRequest),
    credentials: {
      tokenUrl: `${server.baseUrl}/oauth/token`,
      clientId: "importer",
      clientSecret: "s3cret",
      audience: "https://identity.example.com/api/v2/",
    },
  };
}

test("a string is sent as a bearer token", async () => {
  const { baseUrl, received } = await serve((response) => json(response, 200, {}));

  await createClient({ baseUrl, token: "abc.def-ghi_~+/=\n" }).GET("/users/{id}", path);

  expect(received[0]?.headers.authorization).toBe("Bearer abc.def-ghi_~+/=");
});

test("a call's own Authorization header is left alone", async () => {
  const { baseUrl, received } = await serve((response) => json(response, 200, {}));
  const client = createClient({ baseUrl, token: "abc" });

  await client.GET("/users/{id}", { ...path, headers: { Authorization: "Bearer mine" } });

  expect(received[0]?.headers.authorization).toBe("Bearer mine");
});

test("a fixed token that is refused is not sent twice", async () => {
  const { baseUrl, received } = await serve((response) => json(response, 401, refusal));

  const { response } = await createClient({ baseUrl, token: "abc" }).GET("/users/{id}", path);

  expect(response.status).toBe(401);
  expect(received).toHaveLength(1);
});

test("a function is asked for each call, and once more after a 401", async () => {
  const { baseUrl, received } = await serve((response, { headers }) =>
    headers.authorization === "Bearer fresh" ? json(response, 201, {}) : json(response, 401, refusal),
  );
  const asked: boolean[] = [];
  const client = createClient({
    baseUrl,
    token: ({ renew }) => {
      asked.push(renew);
      return renew ? "fresh" : "stale";
    },
  });

  const { response } = await client.POST("/users/{id}/authentication-methods", { ...path, body: email });

  expect(response.status).toBe(201);
  expect(asked).toEqual([false, true]);
  expect(received.map(({ body }) => JSON.parse(body))).toEqual([email, email]);
});

test("a token that stays refused ends after one renewal", async () => {
  const { baseUrl, received } = await serve((response) => json(response, 401, refusal));
  let n = 0;

  const { response } = await createClient({ baseUrl, token: async () => `t${n++}` }).GET("/users/{id}", path);

  expect(response.status).toBe(401);
  expect(received).toHaveLength(2);
});

test("client credentials are exchanged once for all concurrent calls", async () => {
  const { baseUrl, credentials, tokenRequests } = await serveWithTokens({ accepted: () => "t0" });
  const client = createClient({ baseUrl, token: { ...credentials, scope: "read:users" } });

  const results = await Promise.all(Array.from({ length: 20 }, () => client.GET("/users/{id}", path)));

  expect(results.map(({ response }) => response.status)).toEqual(Array(20).fill(200));
  expect(tokenRequests()).toHaveLength(1);
  expect(tokenRequests()[0]?.headers["content-type"]).toMatch(/^application\/x-www-form-urlencoded/);
  expect(Object.fromEntries(new URLSearchParams(tokenRequests()[0]?.body))).toEqual({
    grant_type: "client_credentials",
    client_id: "importer",
    client_secret: "s3cret",
    audience: "https://identity.example.com/api/v2/",
    scope: "read:users",
  });
});

test("a token is renewed shortly before it expires", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
  let accepted = "t0";
  const { baseUrl, credentials, tokenRequests } = await serveWithTokens({
    accepted: () => accepted,
    lifetime: 3600,
  });
  const client = createClient({ baseUrl, token: credentials });
  await client.GET("/users/{id}", path);

  vi.setSystemTime(Date.now() + 3539_000);
  await client.GET("/users/{id}", path);
  expect(tokenRequests()).toHaveLength(1);

  vi.setSystemTime(Date.now() + 2_000);
  accepted = "t1";
  const { response } = await client.GET("/users/{id}", path);
  expect(response.status).toBe(200);
  expect(tokenRequests()).toHaveLength(2);
});

test("a token that still holds is kept while the token endpoint fails", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
  let failing = false;
  const { baseUrl, credentials } = await serveWithTokens({
    accepted: () => "t0",
    lifetime: 3600,
    failing: () => failing,
  });
  const client = createClient({ baseUrl, token: credentials });
  await client.GET("/users/{id}", path);
  failing = true;

  vi.setSystemTime(Date.now() + 3550_000);
  expect((await client.GET("/users/{id}", path)).response.status).toBe(200);

  vi.setSystemTime(Date.now() + 60_000);
  await expect(client.GET("/users/{id}", path)).rejects.toThrow(TokenError);
});

test("concurrent calls that are refused share one renewal", async () => {
  let accepted = "t0";
  const { baseUrl, credentials, tokenRequests } = await serveWithTokens({ accepted: () => accepted });
  const client = createClient({ baseUrl, token: credentials });
  await client.GET("/users/{id}", path);
  accepted = "t1";

  const results = await Promise.all(
    Array.from({ length: 10 }, () =>
      client.POST("/users/{id}/authentication-methods", { ...path, body: email }),
    ),
  );

  expect(results.map(({ response }) => response.status)).toEqual(Array(10).fill(201));
  expect(tokenRequests()).toHaveLength(2);
});

test("a caller who aborts does not abort the token that others wait for", async () => {
  const controller = new AbortController();
  const { baseUrl, received } = await serve((response, { url }) => {
    if (!url.endsWith("/oauth/token")) return json(response, 200, { user_id: "auth0|1" });
    controller.abort();
    setImmediate(() => json(response, 200, { access_token: "t0" }));
  });
  const client = createClient({
    baseUrl,
    token: { tokenUrl: `${baseUrl}/oauth/token`, clientId: "a", clientSecret: "b", audience: "c" },
  });

  const [aborted, other] = await Promise.allSettled([
    client.GET("/users/{id}", { ...path, signal: controller.signal }),
    client.GET("/users/{id}", path),
  ]);

  expect(aborted.status).toBe("rejected");
  expect(other.status).toBe("fulfilled");
  expect(received.map(({ url }) => url)).toEqual(["/api/v2/oauth/token", expect.stringContaining("/users/")]);
});

test("a token endpoint that is busy is tried again", async () => {
  const { baseUrl } = await serve((response, { url }, n) => {
    if (n === 0) return json(response, 503, {});
    json(response, 200, url.endsWith("/oauth/token") ? { access_token: "t0" } : { user_id: "auth0|1" });
  });
  const client = createClient({
    baseUrl,
    retry: { delay: 1 },
    token: { tokenUrl: `${baseUrl}/oauth/token`, clientId: "a", clientSecret: "b", audience: "c" },
  });

  expect((await client.GET("/users/{id}", path)).response.status).toBe(200);
});

test("refused credentials are a TokenError that says what to check and does not repeat the secret", async () => {
  const { baseUrl } = await serve((response) =>
    json(response, 401, { error: "access_denied", error_description: "Unauthorized" }),
  );
  const tokenUrl = `${baseUrl}/oauth/token`;
  const client = createClient({
    baseUrl,
    token: { tokenUrl, clientId: "importer", clientSecret: "s3cret", audience: "c" },
  });

  const error: unknown = await client.GET("/users/{id}", path).catch((reason) => reason);

  expect(error).toBeInstanceOf(TokenError);
  expect(error).toMatchObject({ status: 401, errorCode: "access_denied" });
  expect(String(error)).toBe(
    `TokenError: POST ${tokenUrl}: 401 access_denied: Unauthorized. Check tokenUrl, clientId, clientSecret and audience`,
  );
});

test("a token endpoint that answers with a web page is a TokenError", async () => {
  const { baseUrl } = await serve((response) => {
    response.writeHead(200, { "content-type": "text/html" }).end("<html></html>");
  });
  const token = { tokenUrl: `${baseUrl}/oauth/token`, clientId: "a", clientSecret: "b", audience: "c" };

  await expect(createClient({ baseUrl, token }).GET("/users/{id}", path)).rejects.toThrow(
    "200 no token: OK. Check tokenUrl",
  );
});

test("a token endpoint that redirects is a TokenError, and the secret goes nowhere else", async () => {
  const other = await serve((response) => json(response, 200, { access_token: "t0" }));
  const { baseUrl } = await serve((response) => {
    response.writeHead(307, { location: `${other.baseUrl}/oauth/token` }).end();
  });
  const token = { tokenUrl: `${baseUrl}/oauth/token`, clientId: "a", clientSecret: "b", audience: "c" };

  await expect(createClient({ baseUrl, token }).GET("/users/{id}", path)).rejects.toThrow(
    "307 no token: Temporary Redirect. Check tokenUrl",
  );
  expect(other.received).toEqual([]);
});

test("a token that no header can hold is refused without being repeated", async () => {
  const { baseUrl } = await serve((response) => json(response, 200, {}));
  const client = createClient({ baseUrl, token: "secret\nvalue" });

  const error: unknown = await client.GET("/users/{id}", path).catch((reason) => reason);

  expect(error).toBeInstanceOf(TokenError);
  expect(String(error)).not.toContain("secret");
});
