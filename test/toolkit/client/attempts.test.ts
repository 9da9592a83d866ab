import { afterEach, expect, test, vi } from "vitest";
import { createClient, type Fetch, TimeoutError } from "../../../toolkit/client/index.ts";
import { json, serve } from "../../client/live-server.ts";
import type { paths } from "./things.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

test("options that only a platform knows arrive on every attempt", async () => {
  const { baseUrl } = await serve((response, _request, n) =>
    json(response, n < 2 ? 503 : 200, n < 2 ? {} : { items: [] }),
  );
  const seen: unknown[] = [];
  const spy: Fetch = (request, init) => {
    const { next, cf } = request as unknown as Record<string, unknown>;
    seen.push({ next, cf, init: [(init as { next?: unknown }).next, (init as { cf?: unknown }).cf] });
    return fetch(request, init);
  };
  const next = { revalidate: 60 };
  const cf = { cacheTtl: 5 };

  await createClient<paths>({ baseUrl, fetch: spy, token: () => "abc", retry: { delay: 1 } }).GET("/things", {
    next,
    cf,
  });

  expect(seen).toEqual(Array(3).fill({ next, cf, init: [next, cf] }));
});

test("a create whose first attempt broke off and is still being worked on is waited for, beyond the limit of retries", async () => {
  const { baseUrl, received } = await serve((response, _request, n) => {
    if (n === 0) return response.destroy();
    if (n < 5) return json(response, 409, { type: "in-flight" });
    json(response, 201, { id: "1" });
  });
  const client = createClient<paths>({
    baseUrl,
    retry: {
      delay: 1,
      limit: 1,
      isInFlight: async (response) => (await response.text()).includes("in-flight"),
    },
  });

  const { data } = await client.POST("/things", {
    params: { header: { "Idempotency-Key": "k" } },
    body: { name: "a" },
  });

  expect(data?.id).toBe("1");
  expect(new Set(received.map(({ body }) => body))).toEqual(new Set(['{"name":"a"}']));
  expect(received).toHaveLength(6);
});

test("a conflict that is none of the first attempt's is handed over at once", async () => {
  const { baseUrl, received } = await serve((response) => json(response, 409, { type: "duplicate" }));
  const client = createClient<paths>({
    baseUrl,
    retry: { isInFlight: async (response) => (await response.text()).includes("in-flight") },
  });

  const { error } = await client.POST("/things", {
    params: { header: { "Idempotency-Key": "k" } },
    body: { name: "a" },
  });

  expect(error).toEqual({ type: "duplicate" });
  expect(received).toHaveLength(1);
});

test("it works where AbortSignal has neither any nor timeout", async () => {
  vi.stubGlobal("AbortSignal", Object.assign(class {}, { any: undefined, timeout: undefined }));
  const { baseUrl } = await serve(() => {});

  await expect(createClient<paths>({ baseUrl, timeout: 50, retry: false }).GET("/things")).rejects.toThrow(
    TimeoutError,
  );
});

test("time is bounded also where what sends does not listen to signals", async () => {
  const client = createClient<paths>({
    baseUrl: "http://127.0.0.1:1",
    timeout: 20,
    retry: false,
    fetch: () => new Promise(() => {}),
  });

  await expect(client.GET("/things")).rejects.toThrow("no complete answer within 20 ms");
});

test("a time beyond what timers can hold is no bound", async () => {
  const { baseUrl } = await serve((response) => json(response, 200, { items: [] }));
  const client = createClient<paths>({ baseUrl, timeout: Infinity, totalTimeout: 2 ** 40 });

  expect((await client.GET("/things")).data).toEqual({ items: [] });
});
