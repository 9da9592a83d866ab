import type { Paging } from "./paginate.ts";

/**
 * Numbered pages: `?page=1&per_page=50`. An empty page is the end, for a server may give fewer items than it is asked
 * for.
 *
 * @param settings `perPage`: how many items a page has. `first`: the number of the first page, 1 where it is left out.
 *   `names`: what the API calls the two.
 */
export function byPage<Page extends string = "page", PerPage extends string = "per_page">(settings: {
  perPage: number;
  first?: number;
  names?: { page: Page; perPage: PerPage };
}): Paging<Record<Page | PerPage, number>> {
  const names = settings.names ?? { page: "page", perPage: "per_page" };
  const query = (page: number) =>
    ({ [names.page]: page, [names.perPage]: settings.perPage }) as Record<Page | PerPage, number>;
  return {
    first: query(settings.first ?? 1),
    next: (asked, { count }) => (count === 0 ? undefined : query(asked[names.page as Page] + 1)),
  };
}

/**
 * Items counted from the start: `?offset=0&limit=50`. What came is counted, for a server may give fewer items than it
 * is asked for; nothing is the end.
 *
 * @param settings `limit`: how many items are asked for. `names`: what the API calls the two.
 */
export function byOffset<Offset extends string = "offset", Limit extends string = "limit">(settings: {
  limit: number;
  names?: { offset: Offset; limit: Limit };
}): Paging<Record<Offset | Limit, number>> {
  const names = settings.names ?? { offset: "offset", limit: "limit" };
  const query = (offset: number) =>
    ({ [names.offset]: offset, [names.limit]: settings.limit }) as Record<Offset | Limit, number>;
  return {
    first: query(0),
    next: (asked, { count }) => (count === 0 ? undefined : query(asked[names.offset as Offset] + count)),
  };
}

/**
 * A cursor in each page that leads to the next: `?cursor=…`.
 *
 * @param settings `next`: reads the cursor from a page; empty after the last. `name`: what the query calls it.
 * @throws Error While reading: a page leads to itself, which would never end.
 */
export function byCursor<Page, Name extends string = "cursor">(settings: {
  next: (page: Page) => string | null | undefined;
  name?: Name;
}): Paging<Partial<Record<Name, string>>, Page> {
  const name = settings.name ?? ("cursor" as Name);
  return {
    first: {},
    next: (asked, { page }) => {
      const cursor = settings.next(page);
      if (!cursor) return undefined;
      if (cursor === asked[name]) throw new Error(`the page after ${name}=${cursor} is the same page`);
      return { [name]: cursor } as Partial<Record<Name, string>>;
    },
  };
}

/**
 * A `Link` header with `rel="next"` (RFC 8288), as GitHub's. Of its address only the query is taken, so that no page
 * leads to another server.
 */
export function byLink(): Paging<Record<string, never>> {
  return {
    first: {},
    next: (_asked, { response }) => {
      const target = nextOf(response.headers.get("link") ?? "");
      if (target === undefined) return undefined;
      const query: Record<string, unknown> = {};
      const { searchParams } = new URL(target, "https://any.example");
      for (const name of searchParams.keys()) {
        const values = searchParams.getAll(name);
        query[name] = values.length > 1 ? values : values[0];
      }
      // The contract's own types say what a query may be; an address holds text.
      return query as Record<string, never>;
    },
  };
}

/** `<https://api.example.com/things?page=2>; rel="next", <…>; rel="last"` → the address of the next. */
function nextOf(header: string): string | undefined {
  for (const [, target, parameters] of header.matchAll(
    /<([^>]*)>((?:\s*;\s*[\w*-]+\s*=\s*(?:"[^"]*"|[^",;\s]*))*)/g,
  )) {
    if (/;\s*rel\s*=\s*("[^"]*\bnext\b[^"]*"|next\b)/i.test(parameters ?? "")) return target;
  }
  return undefined;
}
