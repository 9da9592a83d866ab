import { expect, test } from "vitest";
import { ApiError, createClient, listAll, UnexpectedResponseError } from "../../client/src/index.ts";
import { envelope, json, serve } from "./live-server.ts";

const id = "auth0|5f7c8ec7c33c6c004bbafe82";
const method = (n: number) => ({ id: `email|dev_${n}`, type: "email", confirmed: true });

/** A server that holds some methods and serves them in pages. */
const serveMethods = (count: number) =>
  serve((response, { url }) => {
    const query = new URL(url, "http://localhost").searchParams;
    const perPage = Number(query.get("per_page"));
    const start = Number(query.get("page")) * perPage;
    json(response, 200, Array.from({ length: count }, (_, n) => method(n)).slice(start, start + perPage));
  });

test("gives every method once, in order, until a page is empty", async () => {
  const { baseUrl, received } = await serveMethods(7);
  const ids: string[] = [];

  for await (const { id: methodId } of listAll(createClient({ baseUrl }), id, { perPage: 3 }))
    ids.push(methodId);

  expect(ids).toEqual(Array.from({ length: 7 }, (_, n) => method(n).id));
  expect(received.map(({ url }) => url.split("?")[1])).toEqual(
    [0, 1, 2, 3].map((page) => `page=${page}&per_page=3`),
  );
});

test("fetches no page that is not needed", async () => {
  const { baseUrl, received } = await serveMethods(100);

  for await (const _ of listAll(createClient({ baseUrl }), id, { perPage: 2 }))
    if (received.length === 2) break;

  expect(received).toHaveLength(2);
});

test("asks for 50 at a time by default", async () => {
  const { baseUrl, received } = await serveMethods(0);

  for await (const _ of listAll(createClient({ baseUrl }), id)) throw new Error("there are none");

  expect(received.map(({ url }) => url.split("?")[1])).toEqual(["page=0&per_page=50"]);
});

test("throws an ApiError in the middle of the listing", async () => {
  const { baseUrl } = await serve((response, _request, n) =>
    n === 0
      ? json(response, 200, [method(0)])
      : json(response, 403, envelope(403, "Forbidden", "No", "insufficient_scope")),
  );
  const methods = listAll(createClient({ baseUrl }), id);

  expect((await methods.next()).value).toEqual(method(0));
  await expect(methods.next()).rejects.toThrow(ApiError);
});

test("stops with the signal's reason", async () => {
  const { baseUrl } = await serveMethods(10);
  const controller = new AbortController();
  const methods = listAll(createClient({ baseUrl }), id, { perPage: 1, signal: controller.signal });
  await methods.next();
  controller.abort();

  await expect(methods.next()).rejects.toMatchObject({ name: "AbortError" });
});

test("a page size that could never end is refused", async () => {
  const methods = listAll(createClient({ baseUrl: "http://127.0.0.1:1" }), id, { perPage: 0 });

  await expect(methods.next()).rejects.toThrow("perPage must be from 1 to 100, not 0");
});

test.each(["", "null"])("a page without content is an UnexpectedResponseError: %j", async (body) => {
  const { baseUrl } = await serve((response) => {
    response.writeHead(200, { "content-type": "application/json" }).end(body);
  });

  await expect(listAll(createClient({ baseUrl }), id).next()).rejects.toThrow(UnexpectedResponseError);
});
