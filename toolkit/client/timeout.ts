import { type Fetch, isStream } from "./fetch.ts";
import { TimeoutError } from "./timeout-error.ts";

/** The longest that a timer can be set to; beyond it platforms fire at once. */
const longestTimer = 2 ** 31 - 1;

/**
 * Gives up after a time, however the caller's own signal behaves. Timer and listener end with the call: signals
 * that are derived from one another by `AbortSignal.any` and `AbortSignal.timeout` are kept alive by Node.js, and
 * older platforms have neither.
 *
 * @param milliseconds How long to wait; `false` waits for ever.
 */
export function withTimeout(fetch: Fetch, milliseconds: number | false): Fetch {
  if (milliseconds === false || milliseconds > longestTimer) return fetch;
  return async (request, init) => {
    const outer = init?.signal ?? request.signal;
    const inner = new AbortController();
    const abort = () => inner.abort(outer.reason);
    const end = () => outer.removeEventListener("abort", abort);
    const timer = setTimeout(
      () => inner.abort(new TimeoutError(request, `no complete answer within ${milliseconds} ms`)),
      milliseconds,
    );
    outer.addEventListener("abort", abort);
    if (outer.aborted) abort();
    try {
      const response = await fetch(request, { ...init, signal: inner.signal });
      // What is still being read can still be aborted.
      if (!isStream(init)) end();
      return response;
    } catch (error) {
      end();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  };
}
