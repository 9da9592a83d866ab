import { connect } from "node:net";
import { expect, test } from "vitest";
import { phone } from "../../support/methods.ts";
import { startServer } from "../../support/server.ts";
import { type SharedServer, sharedServer } from "../../support/shared-server.ts";
import { createUser, methodsOf } from "../../support/users.ts";

test("asks for a token before it reads the body", async () => {
  const server = await sharedServer();
  const response = await fetch(`${server.origin}/api/v2${methodsOf("auth0|ada")}`, {
    method: "POST",
    body: "{ not json",
    headers: { "content-type": "application/json" },
  });
  expect(response.status).toBe(401);
  expect(response.headers.get("www-authenticate")).toMatch(/^Bearer/);
  expect(await response.json()).toEqual({
    statusCode: 401,
    error: "Unauthorized",
    message: "Missing authentication",
  });
});

test("asks for the operation's own scope before it reads the body", async () => {
  const server = await sharedServer();
  expect(
    await server.call(methodsOf("auth0|ada"), {
      body: "{ not json",
      scopes: ["read:authentication_methods"],
    }),
  ).toMatchObject({
    status: 403,
    body: {
      statusCode: 403,
      error: "Forbidden",
      message: "Insufficient scope, expected any of: create:authentication_methods",
      errorCode: "insufficient_scope",
    },
  });
});

test.each([
  ["malformed JSON", "{ not json", "application/json", 400, "invalid_body"],
  ["no body", "", "application/json", 400, "invalid_body"],
  ["an array", "[]", "application/json", 400, "invalid_body"],
  ["text", "type=phone", "text/plain", 415, "unsupported_media_type"],
  ["more than 64 KiB", `{"type":"${"x".repeat(65_536)}"}`, "application/json", 413, "content_too_large"],
  [
    "__proto__",
    '{"type":"phone","phone_number":"+15550100","__proto__":{}}',
    "application/json",
    400,
    "invalid_body",
  ],
])("refuses %s in the envelope", async (_what, body, contentType, statusCode, errorCode) => {
  const server = await sharedServer();
  const methods = await createUser(server);
  const answer = await server.call(methods, {
    method: "POST",
    body,
    headers: { "content-type": contentType },
  });
  expect(answer.status).toBe(statusCode);
  expect(answer.body).toEqual({
    statusCode,
    error: expect.any(String),
    message: expect.any(String),
    errorCode,
  });
});

test("answers unknown paths and methods in the envelope", async () => {
  const server = await sharedServer();
  expect(await server.call("/nothing")).toMatchObject({ status: 404, body: { statusCode: 404 } });
  const answer = await server.call("/users", { method: "DELETE" });
  expect(answer).toMatchObject({ status: 405, body: { errorCode: "method_not_allowed" } });
  expect(answer.headers.get("allow")).toBe("GET, POST, HEAD");
});

test("answers broken percent-encoding in the envelope", async () => {
  const server = await sharedServer();
  const { port } = new URL(server.origin);
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(port), "127.0.0.1", () => {
      socket.write("GET /api/v2/users/%E0%A4%A HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    });
    let text = "";
    socket
      .on("data", (data) => {
        text += data;
      })
      .on("end", () => resolve(text))
      .on("error", reject);
  });
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(answer).toContain("\r\ncache-control: no-store\r\n");
  expect(answer).toContain("\r\nx-request-id: ");
  expect(JSON.parse(answer.slice(answer.indexOf("\r\n\r\n")))).toMatchObject({
    statusCode: 400,
    errorCode: "invalid_uri",
  });
});

test("sends security headers and the rate limit with every answer", async () => {
  const server = await startServer({ RATE_LIMIT: "100/10" });
  const { headers } = await server.call("/nothing");
  expect(Object.fromEntries(headers)).toMatchObject({
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "strict-transport-security": expect.stringContaining("max-age="),
    "x-ratelimit-limit": "100",
    "x-ratelimit-remaining": "99",
    "ratelimit-policy": '"default";q=100;w=10',
    "x-request-id": expect.any(String),
  });
});

test("limits each token's subject by itself, in the envelope", async () => {
  const server = await startServer({ RATE_LIMIT: "2/3600" });
  const read = (token: string) =>
    fetch(`${server.origin}/api/v2/users/auth0%7Cada`, { headers: { authorization: `Bearer ${token}` } });
  const [ada, bob] = [await server.token(undefined, "ada"), await server.token(undefined, "bob")];
  expect((await read(ada)).status).toBe(404);
  expect((await read(bob)).status).toBe(404);
  expect((await read(ada)).status).toBe(404);
  const refused = await read(ada);
  expect(refused.status).toBe(429);
  expect(refused.headers.get("retry-after")).toMatch(/^\d+$/);
  expect(await refused.json()).toEqual({
    statusCode: 429,
    error: "Too Many Requests",
    message: "Global limit has been reached",
    errorCode: "too_many_requests",
  });
  expect((await read(bob)).status).toBe(404);
  expect((await fetch(`${server.origin}/health/live`)).status).toBe(200);
});

test("takes over a harmless request id and makes one otherwise", async () => {
  const server = await sharedServer();
  const given = await server.call("/nothing", { headers: { "x-request-id": "trace-1" } });
  expect(given.headers.get("x-request-id")).toBe("trace-1");
  const made = await server.call("/nothing", { headers: { "x-request-id": "two words" } });
  expect(made.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
});

test("lets configured origins call from a browser, and no others", async () => {
  const server = await startServer({ CORS_ORIGINS: "https://app.example.com" });
  const preflight = (origin: string) =>
    fetch(`${server.origin}/api/v2/users`, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization",
      },
    });
  const allowed = await preflight("https://app.example.com");
  expect(allowed.status).toBe(204);
  expect(allowed.headers.get("access-control-allow-origin")).toBe("https://app.example.com");
  const refused = await preflight("https://evil.example.com");
  expect(refused.headers.get("access-control-allow-origin")).toBeNull();
  const closed = await sharedServer();
  const silent = await fetch(`${closed.origin}/health/live`, {
    headers: { origin: "https://app.example.com" },
  });
  expect(silent.headers.get("access-control-allow-origin")).toBeNull();
});

test("logs one line for a request, without ids, bodies or tokens", async () => {
  const server = await startServer();
  const methods = await createUser(server, "very-personal");
  await server.call(methods, { body: { ...phone(), name: "Adas Handy" } });
  await server.call("/users/auth0%7Cvery-personal?secret=1");
  const lines = server.log.map((line) => JSON.parse(line)).filter(({ msg }) => msg === "request");
  expect(lines).toHaveLength(3);
  expect(lines.at(1)).toMatchObject({
    method: "POST",
    route: "/api/v2/users/:id/authentication-methods",
    statusCode: 201,
    reqId: expect.any(String),
  });
  const text = server.log.join("");
  for (const personal of ["very-personal", phone().phone_number, "Adas Handy", "secret=1", "eyJ"])
    expect(text).not.toContain(personal);
});

test.each(["{}", "null", '{"a":[1]}', " "])(
  "ignores %j sent with a DELETE, as some clients do",
  async (body) => {
    const server = await sharedServer();
    await createUser(server);
    const answer = await server.call("/users/auth0%7Cada", { method: "DELETE", body });
    expect(answer.status).toBe(204);
  },
);

test.each([
  ["no JSON", "{ not json"],
  ["more than a kilobyte", `{"a":"${"x".repeat(1_024)}"}`],
])("refuses %s with a DELETE", async (_what, body) => {
  const server = await sharedServer();
  expect((await server.call("/users/auth0%7Cada", { method: "DELETE", body })).status).toBe(415);
});

/** Sends a body as it is, with these headers. */
async function post(
  server: SharedServer,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string>,
) {
  const response = await fetch(`${server.origin}/api/v2/users`, {
    method: "POST",
    headers: { authorization: `Bearer ${await server.token()}`, ...headers },
    body: typeof body === "string" ? Buffer.from(body) : body,
  });
  return { status: response.status, body: (await response.json()) as { message: string } };
}

const form = { "content-type": "application/x-www-form-urlencoded" };
const user = JSON.stringify({ connection: "email", user_id: "ada" });

test("says that the Content-Type is missing, where it is or where a client has put a form's", async () => {
  const server = await sharedServer();
  for (const [headers, status] of [
    [{}, 415],
    [form, 400],
  ] as const)
    expect(await post(server, user, headers)).toMatchObject({
      status,
      body: { message: expect.stringMatching(/Content-Type.*application\/json/) },
    });
});

test.each(["gzip", "br", "GZIP", "identity, gzip"])(
  "refuses a plain body that says it is %s",
  async (encoding) => {
    const server = await sharedServer();
    const headers = { "content-type": "application/json", "content-encoding": encoding };
    expect((await post(server, user, headers)).status).toBe(415);
  },
);

test.each([
  ["bytes", Buffer.concat([Buffer.from("connection=email&name="), Buffer.of(0xff)])],
  ["a percent-encoded byte", "connection=email&name=%FF"],
  ["half a percent-encoded character", "connection=email&name=%C3"],
  ["a broken escape", "connection=email&name=%zz"],
  ["a broken escape in a name", "connection=email&na%FFme=x"],
])("refuses a form with %s that are no UTF-8", async (_what, body) => {
  const server = await sharedServer();
  expect(await post(server, body, form)).toMatchObject({ status: 400, body: { errorCode: "invalid_body" } });
});

test("reads a form in UTF-8", async () => {
  const server = await sharedServer();
  const answer = await post(server, "connection=email&user_id=ada&name=Ad%C3%A9+L", form);
  expect(answer).toMatchObject({ status: 201, body: { name: "Adé L" } });
});
