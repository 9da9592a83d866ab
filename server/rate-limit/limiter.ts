import { createTokenBuckets, type RateLimiter } from "./buckets.ts";
import type { RateLimitPolicy } from "./policy.ts";
import type { RedisTokenBucketsOptions } from "./redis-buckets.ts";

/** Counts in Redis where there is one, else in this process. */
export async function openRateLimiter(
  policy: RateLimitPolicy,
  redisUrl: string | undefined,
  log: RedisTokenBucketsOptions["log"],
): Promise<RateLimiter & { close(): void }> {
  if (redisUrl === undefined) return { ...createTokenBuckets(policy), close: () => undefined };
  // The client takes a sixth of the start to load.
  const { openRedisTokenBuckets } = await import("./redis-buckets.ts");
  return openRedisTokenBuckets({ ...policy, url: redisUrl, log });
}
