import { abortable } from "./abortable.ts";
import type { Fetch } from "./fetch.ts";
import { NetworkError } from "./network-error.ts";
import { requestedWait } from "./retry-after.ts";
import { copyRequest } from "./sent-request.ts";

/** When and how long a call is tried again. */
export interface RetryOptions {
  /**
   * How often a call is tried again after its first attempt.
   *
   * @default 2
   */
  limit?: number | undefined;
  /**
   * Statuses that are tried again. Network failures and timeouts always are.
   *
   * @default [408, 429, 502, 503, 504]
   */
  statusCodes?: readonly number[] | undefined;
  /**
   * The longest wait in milliseconds that a server may ask for with `Retry-After` or `x-ratelimit-reset`. Where
   * it asks for more, or for more than `totalTimeout` leaves, the answer is handed over at once.
   *
   * @default 60_000
   */
  maxRetryAfter?: number | undefined;
  /**
   * The first wait in milliseconds where the server names none. It doubles with every attempt, and half of it
   * is random so that clients do not come back all at once.
   *
   * @default 300
   */
  delay?: number | undefined;
  /**
   * Tells whether a 409 to a request with an `Idempotency-Key` says that the first request with this key is still
   * being worked on. It is then waited for as long as `totalTimeout` allows, whatever `limit` says.
   *
   * @default undefined – a 409 is handed over
   */
  isInFlight?: ((response: Response) => boolean | Promise<boolean>) | undefined;
}

/** Waits grow up to this many milliseconds. */
const longestBackoff = 10_000;

/**
 * Whether sending the request twice has the effect of sending it once: by its method (RFC 9110, section 9.2.2),
 * or for a POST by its `Idempotency-Key`.
 */
function isIdempotent(request: Request): boolean {
  return (
    /^(GET|HEAD|OPTIONS|TRACE|PUT|DELETE)$/.test(request.method) ||
    (request.method === "POST" && request.headers.has("idempotency-key"))
  );
}

/**
 * Sends again after a failure that may pass.
 *
 * @param within Milliseconds that all attempts and waits may take together; `false` sets no bound.
 * @param mayRepeat Which requests may be sent twice.
 */
export function withRetry(
  fetch: Fetch,
  options: RetryOptions | false,
  within: number | false,
  mayRepeat: (request: Request) => boolean = isIdempotent,
): Fetch {
  if (!options) return fetch;
  const { limit = 2, statusCodes = [408, 429, 502, 503, 504], maxRetryAfter = 60_000, delay = 300 } = options;
  const { isInFlight } = options;

  return async (request, init) => {
    const signal = init?.signal ?? request.signal;
    const deadline = within === false ? Infinity : Date.now() + within;
    const isKeyed = isInFlight && request.headers.has("idempotency-key");
    let left = mayRepeat(request) ? limit : 0;

    for (let attempt = 0; ; attempt++) {
      const backoff = Math.min(delay * 2 ** attempt, longestBackoff) * (0.5 + Math.random() / 2);
      let response: Response | undefined;
      let failure: unknown;
      try {
        const isKept = request.body !== null && (left > 0 || isKeyed);
        response = await fetch(isKept ? copyRequest(request) : request, init);
      } catch (error) {
        if (!(error instanceof NetworkError) || signal.aborted) throw error;
        failure = error;
      }
      const asked = response && requestedWait(response, backoff);
      const wait = asked ?? backoff;
      const isWaitedFor = isKeyed && response?.status === 409 && (await isInFlight(response.clone()));
      const mayPass = isWaitedFor || (left-- > 0 && (!response || statusCodes.includes(response.status)));
      const isWorthIt = (asked ?? 0) <= maxRetryAfter && Date.now() + wait < deadline;
      if (!mayPass || !isWorthIt) {
        if (response) return response;
        throw failure;
      }
      await sleep(wait, signal);
    }
  };
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout>;
  const elapsed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  return abortable(elapsed, signal).finally(() => clearTimeout(timer));
}
