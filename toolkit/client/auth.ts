import { abortable } from "./abortable.ts";
import type { Fetch } from "./fetch.ts";
import { copyRequest } from "./sent-request.ts";

/** What an {@link Auth} is told about the call. */
export interface AuthContext {
  /** The request as it was sent with the last credentials, where they have just been refused with a 401. */
  refused?: Request | undefined;
  /** Sends a request of its own, within the client's time and with its retries, but without credentials. */
  fetch: Fetch;
}

/**
 * Puts credentials on a request: {@link bearer}, {@link basic}, {@link apiKey}, or a function of one's own. It is
 * called before every attempt, and once more after a 401.
 *
 * @returns The request to send, which may be the given one; undefined where it has nothing to add, or after a 401
 *   nothing else than what was refused.
 */
export interface Auth {
  (request: Request, context: AuthContext): Request | undefined | Promise<Request | undefined>;
  /** Whether the credentials never change, so that a refused request need not be kept to be sent again. */
  isFixed?: boolean;
}

/**
 * Sends requests with credentials, and after a 401 once more with renewed ones: a request that was refused for its
 * credentials had no effect.
 *
 * @param own What the credentials' own requests are sent with.
 */
export function withAuth(fetch: Fetch, auth: Auth, own: Fetch): Fetch {
  return async (request, init) => {
    const signal = init?.signal ?? request.signal;
    const send = async (authorized: Request) => {
      const response = await fetch(authorized, init);
      // The address that was sent to may hold a key.
      return Object.defineProperty(response, "url", { value: request.url });
    };
    const authorize = async (refused?: Request) => {
      const again = auth.isFixed ? request : copyRequest(request);
      return abortable(Promise.resolve(auth(again, { refused, fetch: own })), signal);
    };
    const authorized = (await authorize()) ?? request;
    const response = await send(authorized);
    if (response.status !== 401 || auth.isFixed) return response;
    const renewed = await authorize(authorized);
    return renewed ? send(renewed) : response;
  };
}
