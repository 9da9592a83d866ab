import { expect, test } from "vitest";
import { createClient, TimeoutError } from "../../client/src/index.ts";
import { json, serve } from "./live-server.ts";

const path = { params: { path: { id: "auth0|5f7c8ec7c33c6c004bbafe82" } } };

test("a server that never answers is a TimeoutError that names method, address and time", async () => {
  const { baseUrl, received } = await serve(() => {});
  const client = createClient({ baseUrl, timeout: 50, retry: { limit: 1, delay: 1 } });

  const call = client.GET("/users/{id}", path);

  await expect(call).rejects.toThrow(TimeoutError);
  await expect(call).rejects.toThrow(/^GET http:.* no complete answer within 50 ms$/);
  expect(received).toHaveLength(2);
});

test("the time also covers a body that never ends", async () => {
  const { baseUrl } = await serve((response) => {
    response.writeHead(200, { "content-type": "application/json" }).write('{"user_id":');
  });

  const call = createClient({ baseUrl, timeout: 50, retry: false }).GET("/users/{id}", path);

  await expect(call).rejects.toThrow(TimeoutError);
});

test("totalTimeout bounds all attempts together", async () => {
  const { baseUrl } = await serve(() => {});
  const client = createClient({ baseUrl, timeout: 80, totalTimeout: 200, retry: { limit: 100, delay: 1 } });
  const start = performance.now();

  await expect(client.GET("/users/{id}", path)).rejects.toThrow(TimeoutError);

  expect(performance.now() - start).toBeLessThan(2_000);
});

test("totalTimeout also covers a token function that never answers", async () => {
  const { baseUrl, received } = await serve((response) => json(response, 200, {}));
  const client = createClient({ baseUrl, totalTimeout: 50, token: () => new Promise<string>(() => {}) });

  await expect(client.GET("/users/{id}", path)).rejects.toThrow(TimeoutError);
  expect(received).toHaveLength(0);
});

test("the caller's own signal ends a call with the caller's reason", async () => {
  const { baseUrl } = await serve(() => controller.abort());
  const controller = new AbortController();

  const call = createClient({ baseUrl }).GET("/users/{id}", { ...path, signal: controller.signal });

  await expect(call).rejects.toMatchObject({ name: "AbortError" });
});

test("a signal that has aborted already sends nothing", async () => {
  const { baseUrl, received } = await serve((response) => json(response, 200, {}));

  const call = createClient({ baseUrl, token: "abc" }).GET("/users/{id}", {
    ...path,
    signal: AbortSignal.abort(),
  });

  await expect(call).rejects.toMatchObject({ name: "AbortError" });
  expect(received).toHaveLength(0);
});
