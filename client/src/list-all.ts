import type { AuthenticationMethod } from "./authentication-method.ts";
import type { AuthenticationMethodsClient } from "./client.ts";
import { unwrap } from "./unwrap.ts";

/** How {@link listAll} reads its pages. */
export interface ListAllOptions {
  /**
   * How many methods each page holds, 1 to 100.
   *
   * @default 50
   */
  perPage?: number | undefined;
  /**
   * Ends the listing when it aborts.
   *
   * @default undefined
   */
  signal?: AbortSignal | undefined;
}

/**
 * All authentication methods of a user. A page is fetched when the one before it has been used up; an empty page
 * is the end. Methods deleted meanwhile move the others forward, so collect before deleting.
 *
 * @example
 * for await (const method of listAll(client, "auth0|5f7c")) console.log(method.type, method.id);
 *
 * @throws ApiError The API answered with an error status.
 */
export async function* listAll(
  client: AuthenticationMethodsClient,
  userId: string,
  { perPage = 50, signal }: ListAllOptions = {},
): AsyncGenerator<AuthenticationMethod, void, undefined> {
  if (!(perPage >= 1)) throw new RangeError(`perPage must be from 1 to 100, not ${perPage}`);
  for (let page = 0; ; page++) {
    const methods = await unwrap(
      client.GET("/users/{id}/authentication-methods", {
        params: { path: { id: userId }, query: { page, per_page: perPage } },
        ...(signal && { signal }),
      }),
    );
    if (methods.length === 0) return;
    yield* methods;
  }
}
