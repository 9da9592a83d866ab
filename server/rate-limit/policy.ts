/** How many requests one client may send: a bucket of tokens, of which each request takes one. */
export interface RateLimitPolicy {
  /** How many tokens a full bucket holds: the largest burst. */
  readonly limit: number;
  /** How long an empty bucket takes to fill, evenly, in seconds. */
  readonly windowSeconds: number;
}

/**
 * 600 requests a second for as long as one likes, 6000 at once: more than any enrolment flow or administrator's script
 * sends, and little enough that a client run wild leaves over nine tenths of one server to the others.
 */
export const defaultRateLimit: RateLimitPolicy = { limit: 6_000, windowSeconds: 10 };

const secondsPer: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600 };

const maximumLimit = 1_000_000_000;
const maximumWindowSeconds = 86_400;

/**
 * Reads a rate limit: `off`, `<requests>/<seconds>` or `<requests>/<s|m|h>`, for example `6000/10` or `100/s`.
 *
 * @returns undefined for `off`
 * @throws Error in one sentence when the text is none of these
 */
export function parseRateLimit(text: string): RateLimitPolicy | undefined {
  if (text === "off") return undefined;
  const [, requests = "", window = ""] = /^(\d{1,10})\/(\d{1,5}|[smh])$/.exec(text) ?? [];
  const limit = Number(requests);
  const windowSeconds = secondsPer[window] ?? Number(window);
  const isWithinBounds =
    limit >= 1 && limit <= maximumLimit && windowSeconds >= 1 && windowSeconds <= maximumWindowSeconds;
  if (isWithinBounds) return { limit, windowSeconds };
  throw new Error(
    `A rate limit is "off" or <requests>/<seconds>, for example 6000/10 or 100/s (at most ${maximumLimit} requests and ${maximumWindowSeconds} seconds), not "${text}".`,
  );
}
