import { expect, test } from "vitest";
import { createClient } from "../../client/src/index.ts";
import { freePort } from "../support/free-port.ts";
import { envelope, json, serve } from "./live-server.ts";

const id = "auth0|5f7c8ec7c33c6c004bbafe82";
const path = { params: { path: { id } } };
const email = { type: "email", email: "ada@example.com" } as const;
const user = { user_id: id };

test.each([408, 429, 502, 503, 504])("a GET that is answered %i is sent again", async (status) => {
  const { baseUrl, received } = await serve((response, _request, n) =>
    n === 0 ? json(response, status, envelope(status, "Busy", "Busy")) : json(response, 200, user),
  );
  const client = createClient({ baseUrl, retry: { delay: 1 } });

  const { data } = await client.GET("/users/{id}", path);

  expect(data?.user_id).toBe(id);
  expect(received).toHaveLength(2);
});

test.each([400, 401, 403, 404, 409, 413, 422, 500, 507])(
  "a GET that is answered %i is not sent again",
  async (status) => {
    const { baseUrl, received } = await serve((response) =>
      json(response, status, envelope(status, "No", "No")),
    );
    const client = createClient({ baseUrl, retry: { delay: 1 } });

    const { response } = await client.GET("/users/{id}", path);

    expect(response.status).toBe(status);
    expect(received).toHaveLength(1);
  },
);

test("a POST without an Idempotency-Key is not sent again", async () => {
  const { baseUrl, received } = await serve((response) => json(response, 503, envelope(503, "Busy", "Busy")));
  const client = createClient({ baseUrl, retry: { delay: 1 } });

  const { response } = await client.POST("/users/{id}/authentication-methods", { ...path, body: email });

  expect(response.status).toBe(503);
  expect(received).toHaveLength(1);
});

test("a PATCH is not sent again, because it is not idempotent", async () => {
  const { baseUrl, received } = await serve((response) => json(response, 503, envelope(503, "Busy", "Busy")));
  const client = createClient({ baseUrl, retry: { delay: 1 } });

  await client.PATCH("/users/{id}/authentication-methods/{authentication_method_id}", {
    params: { path: { id, authentication_method_id: "email|dev_f0O81fTcftc0kN2v" } },
    body: { name: "Work" },
  });

  expect(received).toHaveLength(1);
});

test("a POST with an Idempotency-Key is sent again with the same key and the same body", async () => {
  const { baseUrl, received } = await serve((response, _request, n) =>
    n === 0
      ? json(response, 503, envelope(503, "Busy", "Busy"))
      : json(response, 201, { type: "email", id: "email|dev_1" }),
  );
  const client = createClient({ baseUrl, retry: { delay: 1 }, token: "abc" });

  const { data } = await client.POST("/users/{id}/authentication-methods", {
    params: { path: { id }, header: { "Idempotency-Key": '"k1"' } },
    body: email,
  });

  expect(data?.type).toBe("email");
  expect(received.map(({ body }) => JSON.parse(body))).toEqual([email, email]);
  expect(received.map(({ headers }) => headers["idempotency-key"])).toEqual(['"k1"', '"k1"']);
  expect(received.map(({ headers }) => headers["content-type"])).toEqual([
    "application/json",
    "application/json",
  ]);
});

test("a connection that breaks in the middle of an answer is tried again", async () => {
  const { baseUrl, received } = await serve((response, _request, n) => {
    if (n > 0) return json(response, 200, user);
    response.writeHead(200, { "content-type": "application/json", "content-length": "100" });
    response.write('{"user_id":', () => response.destroy());
  });
  const client = createClient({ baseUrl, retry: { delay: 1 } });

  const { data } = await client.GET("/users/{id}", path);

  expect(data?.user_id).toBe(id);
  expect(received).toHaveLength(2);
});

test("the number of attempts is bounded, and the last answer is handed over", async () => {
  const { baseUrl, received } = await serve((response, _request, n) =>
    json(response, 503, envelope(503, "Busy", `Attempt ${n}`)),
  );
  const client = createClient({ baseUrl, retry: { delay: 1, limit: 4 } });

  const { error } = await client.GET("/users/{id}", path);

  expect(error?.message).toBe("Attempt 4");
  expect(received).toHaveLength(5);
});

test("retry: false sends once", async () => {
  const { baseUrl, received } = await serve((response) => json(response, 503, envelope(503, "Busy", "Busy")));

  await createClient({ baseUrl, retry: false }).GET("/users/{id}", path);

  expect(received).toHaveLength(1);
});

test("Retry-After in seconds is waited for", async () => {
  const { baseUrl } = await serve((response, _request, n) =>
    n === 0
      ? json(response, 429, envelope(429, "Slow", "Slow"), { "retry-after": "1" })
      : json(response, 200, user),
  );
  const client = createClient({ baseUrl, retry: { delay: 1 } });
  const start = performance.now();

  await client.GET("/users/{id}", path);

  expect(performance.now() - start).toBeGreaterThanOrEqual(990);
});

test("Retry-After as a date is waited for", async () => {
  const date = new Date(Math.ceil(Date.now() / 1000) * 1000 + 1000);
  const { baseUrl } = await serve((response, _request, n) =>
    n === 0
      ? json(response, 503, envelope(503, "Busy", "Busy"), { "retry-after": date.toUTCString() })
      : json(response, 200, user),
  );

  await createClient({ baseUrl, retry: { delay: 1 } }).GET("/users/{id}", path);

  expect(Date.now()).toBeGreaterThanOrEqual(date.getTime() - 10);
});

test("without Retry-After a 429 waits until x-ratelimit-reset", async () => {
  const reset = Math.ceil(Date.now() / 1000) + 1;
  const { baseUrl } = await serve((response, _request, n) =>
    n === 0
      ? json(response, 429, envelope(429, "Slow", "Slow"), { "x-ratelimit-reset": String(reset) })
      : json(response, 200, user),
  );

  await createClient({ baseUrl, retry: { delay: 1 } }).GET("/users/{id}", path);

  expect(Date.now()).toBeGreaterThanOrEqual(reset * 1000 - 10);
});

test("a server that asks for more than maxRetryAfter gets no second request; its answer is handed over", async () => {
  const { baseUrl, received } = await serve((response) =>
    json(response, 429, envelope(429, "Slow", "Slow"), { "retry-after": "3600" }),
  );

  const { response } = await createClient({ baseUrl }).GET("/users/{id}", path);

  expect(response.status).toBe(429);
  expect(received).toHaveLength(1);
});

test("a wait that totalTimeout does not leave room for is not begun", async () => {
  const { baseUrl, received } = await serve((response) =>
    json(response, 503, envelope(503, "Busy", "Busy"), { "retry-after": "30" }),
  );

  const { response } = await createClient({ baseUrl, totalTimeout: 2_000 }).GET("/users/{id}", path);

  expect(response.status).toBe(503);
  expect(received).toHaveLength(1);
});

test("an abort ends the wait between attempts with the caller's reason", async () => {
  const controller = new AbortController();
  const reason = new Error("the user went away");
  const { baseUrl, received } = await serve((response) => {
    json(response, 503, envelope(503, "Busy", "Busy"), { "retry-after": "20" });
    response.on("close", () => controller.abort(reason));
  });
  const call = createClient({ baseUrl }).GET("/users/{id}", { ...path, signal: controller.signal });

  await expect(call).rejects.toBe(reason);
  expect(received).toHaveLength(1);
});

test("network failures are tried as often as the limit says, then reported", async () => {
  let attempts = 0;
  const baseUrl = `http://127.0.0.1:${await freePort()}/api/v2`;
  const client = createClient({
    baseUrl,
    retry: { delay: 1, limit: 3 },
    fetch: (request, init) => {
      attempts++;
      return fetch(request, init);
    },
  });

  await expect(client.GET("/users/{id}", path)).rejects.toThrow(
    `GET ${baseUrl}/users/auth0%7C5f7c8ec7c33c6c004bbafe82: no answer (connect ECONNREFUSED`,
  );
  expect(attempts).toBe(4);
});

test("a create that the server is still working on is waited for", async () => {
  const { baseUrl, received } = await serve((response, _request, n) =>
    n < 4
      ? json(response, 409, envelope(409, "Conflict", "In flight", "idempotent_request_in_flight"))
      : json(response, 201, { type: "email", id: "email|dev_1" }),
  );
  const client = createClient({ baseUrl, retry: { delay: 1 } });

  const { data } = await client.POST("/users/{id}/authentication-methods", {
    params: { path: { id }, header: { "Idempotency-Key": "k1" } },
    body: email,
  });

  expect(data?.id).toBe("email|dev_1");
  expect(received).toHaveLength(5);
});
