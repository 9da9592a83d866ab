import { type CallResult, type DataOf, unwrap } from "./unwrap.ts";

/** How an API lets its lists be read in parts: {@link byPage}, {@link byOffset}, {@link byCursor}, {@link byLink}. */
export interface Paging<Query, Page = unknown> {
  /** What is asked for first. */
  first: Query;
  /**
   * What is asked for next.
   *
   * @param asked What was asked for last.
   * @param answer What came: the page, how many items it has, and its headers.
   * @returns undefined after the last page.
   */
  next: (asked: Query, answer: { page: Page; count: number; response: Response }) => Query | undefined;
}

/**
 * All items of a list. A page is fetched when the one before it has been used up.
 *
 * @example
 * const things = paginate(
 *   (query) => client.GET("/things", { params: { query } }),
 *   byPage({ perPage: 50 }),
 *   (page) => page.items,
 * );
 * for await (const thing of things) console.log(thing.id);
 *
 * @param call Fetches a page. What else it asks for goes there, too, a `signal` among it.
 * @param paging How the API pages.
 * @param items The items of a page.
 * @throws ApiError The API answered with an error status.
 */
export async function* paginate<Result extends CallResult, Item, Query>(
  call: (query: Query) => Promise<Result>,
  paging: Paging<Query, DataOf<Result>>,
  items: (page: DataOf<Result>) => readonly Item[],
): AsyncGenerator<Item, void, undefined> {
  let query: Query | undefined = paging.first;
  while (query !== undefined) {
    const answer = call(query);
    const page = await unwrap(answer);
    const { response } = await answer;
    const found = items(page);
    yield* found;
    query = paging.next(query, { page, count: found.length, response });
  }
}
