import type { Fetch } from "./fetch.ts";
import { TimeoutError } from "./timeout-error.ts";

/**
 * Gives up after a time, however the caller's own signal behaves.
 *
 * @param milliseconds How long to wait; `false` waits for ever.
 */
export function withTimeout(fetch: Fetch, milliseconds: number | false): Fetch {
  if (milliseconds === false) return fetch;
  return async (request, init) => {
    const deadline = AbortSignal.timeout(milliseconds);
    const signal = AbortSignal.any([init?.signal ?? request.signal, deadline]);
    try {
      return await fetch(request, { ...init, signal });
    } catch (error) {
      if (error !== deadline.reason) throw error;
      throw new TimeoutError(request, `no complete answer within ${milliseconds} ms`, { cause: error });
    }
  };
}
