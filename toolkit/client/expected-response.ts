import type { Fetch } from "./fetch.ts";
import { UnexpectedResponseError } from "./unexpected-response-error.ts";

/**
 * Lets through only what this API answers: on success JSON or nothing, and never a redirect, on which a POST may
 * have become a GET and the token may have been dropped.
 *
 * @throws {UnexpectedResponseError} Something else answered.
 */
export function refuseUnexpected(fetch: Fetch): Fetch {
  return async (request, init) => {
    const response = await fetch(request, init);
    const type = response.headers.get("content-type");
    if (response.redirected || (response.ok && type && !/json/i.test(type))) {
      const what = response.redirected
        ? `redirected to ${response.url}`
        : `${response.status} with ${type}, not JSON`;
      throw new UnexpectedResponseError(request, response, `${what}. Check baseUrl`);
    }
    return response;
  };
}
