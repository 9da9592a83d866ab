import { LRUCache } from "lru-cache";
import type { RateLimitPolicy } from "./policy.ts";

/** What became of one request. */
export interface RateLimitDecision {
  readonly allowed: boolean;
  /** How many more requests could be sent at once. */
  readonly remaining: number;
  /** How long until the bucket is full again. */
  readonly secondsUntilFull: number;
  /** How long until another request is allowed; 0 when one is already. */
  readonly secondsUntilNext: number;
}

/** Counts requests: in this process, or somewhere that several servers share. */
export interface RateLimiter {
  /** Takes one token out of the bucket of `key`, if there is one. */
  take(key: string): RateLimitDecision | Promise<RateLimitDecision>;
}

export interface TokenBucketsOptions extends RateLimitPolicy {
  /**
   * How many buckets are kept. Beyond it the one unused for longest is forgotten, as if it were full: nearly always it
   * is, for a bucket unused for `windowSeconds` is full again. @default 65536
   */
  readonly maximumBuckets?: number | undefined;
  /** Milliseconds since the UNIX epoch. @default Date.now */
  readonly now?: (() => number) | undefined;
}

/** As a share of one token. */
const roundingErrors = 1 / 10_000;

/**
 * Token buckets in the memory of this process. A bucket is kept as the one moment at which it will be full
 * (the generic cell rate algorithm, ITU-T I.371), so nothing has to run to refill it.
 */
export function createTokenBuckets(options: TokenBucketsOptions): RateLimiter {
  const { limit, windowSeconds, maximumBuckets = 65_536, now = Date.now } = options;
  const window = windowSeconds * 1_000;
  const perToken = window / limit;
  const fullAt = new LRUCache<string, number>({ max: maximumBuckets });
  // Counted from here, not from 1970, the moments stay exact to far less than what one token takes to return.
  const origin = now();

  return {
    take(key) {
      const present = now() - origin;
      // Never emptier than empty: should the clock be set back, nobody waits for longer than the window.
      const missing = Math.min(Math.max((fullAt.get(key) ?? present) - present, 0), window);
      const allowed = missing + perToken <= window + perToken * roundingErrors;
      const untilFull = allowed ? missing + perToken : missing;
      fullAt.set(key, present + untilFull);
      return describeBucket(allowed, untilFull, options);
    },
  };
}

/** What there is to tell of a bucket that will be full in `untilFull` milliseconds. */
export function describeBucket(
  allowed: boolean,
  untilFull: number,
  { limit, windowSeconds }: RateLimitPolicy,
): RateLimitDecision {
  const window = windowSeconds * 1_000;
  const perToken = window / limit;
  return {
    allowed,
    remaining: Math.floor((window - untilFull) / perToken + roundingErrors),
    secondsUntilFull: untilFull / 1_000,
    secondsUntilNext: Math.max(0, untilFull + perToken - window) / 1_000,
  };
}
