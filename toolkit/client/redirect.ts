import type { Fetch } from "./fetch.ts";
import { UnexpectedResponseError } from "./unexpected-response-error.ts";

/**
 * Follows no redirect: a POST may become a GET on the way, and body and headers would reach whoever the new address
 * belongs to.
 *
 * @throws UnexpectedResponseError The answer is a redirect.
 */
export function refuseRedirect(fetch: Fetch): Fetch {
  return async (request, init) => {
    const response = await fetch(request, { ...init, redirect: "manual" });
    const { status, type, headers } = response;
    const location = headers.get("location");
    if (type !== "opaqueredirect" && !(status > 300 && status < 400 && location)) return response;
    // A browser tells nothing but that it was one. The query may hold a key.
    const { origin, pathname } = new URL(location ?? "", request.url);
    const target = location ? `${origin}${pathname}` : "another address";
    throw new UnexpectedResponseError(
      request,
      response,
      `redirected to ${target}, not followed. Check baseUrl`,
    );
  };
}
