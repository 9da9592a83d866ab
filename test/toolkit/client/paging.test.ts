import { expect, test } from "vitest";
import {
  ApiError,
  byCursor,
  byLink,
  byOffset,
  byPage,
  createClient,
  paginate,
} from "../../../toolkit/client/index.ts";
import { json, serve } from "../../client/live-server.ts";
import type { paths } from "./things.ts";

const all = Array.from({ length: 7 }, (_, n) => ({ id: `${n}` }));

/** A server of seven things that gives a part of them and what leads to the next. */
const serveThings = (part: (query: URLSearchParams) => [number, number], link?: (start: number) => string) =>
  serve((response, { url }) => {
    const [start, count] = part(new URL(url, "http://localhost").searchParams);
    const items = all.slice(start, start + count);
    const next = start + count < all.length ? `${start + count}` : undefined;
    json(response, 200, { items, next }, link && next ? { link: link(start + count) } : {});
  });

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

const queries = (received: readonly { url: string }[]) => received.map(({ url }) => url.split("?")[1] ?? "");

test("numbered pages are read until one is empty", async () => {
  const { baseUrl, received } = await serveThings((query) => [
    (Number(query.get("page")) - 1) * 3,
    Number(query.get("per_page")),
  ]);
  const client = createClient<paths>({ baseUrl });

  const things = paginate(
    (query) => client.GET("/things", { params: { query } }),
    byPage({ perPage: 3 }),
    (page) => page.items,
  );

  expect(await collect(things)).toEqual(all);
  expect(queries(received)).toEqual([1, 2, 3, 4].map((page) => `page=${page}&per_page=3`));
});

test("an offset counts what came, where the server gives fewer than it was asked for", async () => {
  const { baseUrl, received } = await serveThings((query) => [Number(query.get("offset")), 2]);
  const client = createClient<paths>({ baseUrl });

  const things = paginate(
    (query) => client.GET("/things", { params: { query: { ...query, tags: ["a", "b"] } } }),
    byOffset({ limit: 100 }),
    (page) => page.items,
  );

  expect(await collect(things)).toEqual(all);
  expect(queries(received)[1]).toBe("offset=2&limit=100&tags=a&tags=b");
});

test("a cursor is followed until there is none, and never twice", async () => {
  const { baseUrl, received } = await serveThings((query) => [Number(query.get("cursor") ?? 0), 3]);
  const stuck = await serve((response) => json(response, 200, { items: [], next: "1" }));
  const read = (base: string) =>
    paginate(
      (query) => createClient<paths>({ baseUrl: base }).GET("/things", { params: { query } }),
      byCursor({ next: (page: { next?: string }) => page.next }),
      (page) => page.items,
    );

  expect(await collect(read(baseUrl))).toEqual(all);
  expect(queries(received)).toEqual(["", "cursor=3", "cursor=6"]);
  await expect(collect(read(stuck.baseUrl))).rejects.toThrow("the page after cursor=1 is the same page");
});

test("a Link header leads on by its query alone", async () => {
  const { baseUrl, received } = await serveThings(
    (query) => [Number(query.get("cursor") ?? 0), 3],
    (start) =>
      `<https://evil.example.com/?cursor=0>; rel="prev"; title="a, b", <https://evil.example.com/x?cursor=${start}>; rel="last next"`,
  );
  const client = createClient<paths>({ baseUrl });

  const things = paginate(
    (query) => client.GET("/things", { params: { query } }),
    byLink(),
    (page) => page.items,
  );

  expect(await collect(things)).toEqual(all);
  expect(queries(received)).toEqual(["", "cursor=3", "cursor=6"]);
});

test("an error in the middle is thrown, and no page is fetched that is not needed", async () => {
  const { baseUrl, received } = await serve((response, _request, n) =>
    n === 0 ? json(response, 200, { items: all.slice(0, 2) }) : json(response, 403, { title: "No" }),
  );
  const client = createClient<paths>({ baseUrl });
  const things = paginate(
    (query) => client.GET("/things", { params: { query } }),
    byPage({ perPage: 2 }),
    (page) => page.items,
  );

  await things.next();
  await things.next();
  expect(received).toHaveLength(1);
  await expect(things.next()).rejects.toThrow(ApiError);
});
