import { abortable } from "./abortable.ts";
import { type Fetch, isStream } from "./fetch.ts";
import { NetworkError } from "./network-error.ts";

/** What has been read of answers, so that nobody has the platform copy them once more. */
export const contents = new WeakMap<Response, ArrayBuffer>();

/**
 * Sends, and returns only when the whole body is here, so that timeouts and retries cover a connection that
 * breaks in the middle of an answer. A stream is handed over when it begins.
 *
 * @throws NetworkError No complete answer came.
 * @throws The signal's reason, where the caller gave up.
 */
export function readWhole(fetch: Fetch): Fetch {
  return async (request, init) => {
    const signal = init?.signal ?? request.signal;
    try {
      const response = await abortable(fetch(request, init), signal);
      if (!isStream(init)) contents.set(response, await abortable(response.clone().arrayBuffer(), signal));
      return response;
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw new NetworkError(
        request,
        `no answer (${reasonOf(error)}). Is the server up, baseUrl right and, in a browser, CORS allowed?`,
        { cause: error },
      );
    }
  };
}

/** Node says "fetch failed" and keeps the reason in `cause`; for several addresses that has a code and no message. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error & { cause?: { message?: string; code?: string } };
  return cause?.message || cause?.code || message;
}
