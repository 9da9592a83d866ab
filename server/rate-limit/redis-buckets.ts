import { Redis } from "ioredis";
import { createTokenBuckets, describeBucket, type RateLimitDecision, type RateLimiter } from "./buckets.ts";
import type { RateLimitPolicy } from "./policy.ts";

export interface RedisTokenBucketsOptions extends RateLimitPolicy {
  /** `redis://` or `rediss://`, with user, password and database number where need be. */
  readonly url: string;
  readonly log: { warn(facts: object, message: string): void; info(message: string): void };
}

export interface RedisTokenBuckets extends RateLimiter {
  close(): void;
}

/** How long a request waits for Redis, in milliseconds: far longer than it takes, far shorter than callers wait. */
const takeTimeout = 250;
/** How long the start waits for the connection, in milliseconds. */
const connectTimeout = 1_000;
/** How long Redis is left alone after a failure, in milliseconds. */
const pause = 1_000;

const keyPrefix = "authentication-methods:rate-limit:";

/**
 * One take of `createTokenBuckets`, by the clock of Redis, in microseconds. Counted from 2026, not from 1970, the
 * moments keep more digits after the point than one token needs.
 */
const take = `
  local time = redis.call("TIME")
  local now = (time[1] - 1767225600) * 1000000 + time[2]
  local window, per_token = tonumber(ARGV[1]), tonumber(ARGV[2])
  local full_at = tonumber(redis.call("GET", KEYS[1]) or now)
  local until_full = math.min(math.max(full_at - now, 0), window)
  if until_full + per_token > window + per_token / 10000 then
    return {0, string.format("%.17g", until_full)}
  end
  until_full = until_full + per_token
  redis.call("SET", KEYS[1], string.format("%.17g", now + until_full), "PX", math.ceil(until_full / 1000))
  return {1, string.format("%.17g", until_full)}
`;

type Client = Redis & {
  takeToken(key: string, window: number, perToken: number): Promise<[allowed: number, untilFull: string]>;
};

/**
 * Token buckets in Redis, shared by all servers that are given the same one. While Redis does not answer, this
 * process counts by itself, so that limits are looser for a while and requests are served; it asks again once a
 * second, with one request that waits no longer than any other.
 *
 * Resolves when Redis is connected, or a second later.
 */
export async function openRedisTokenBuckets(options: RedisTokenBucketsOptions): Promise<RedisTokenBuckets> {
  const { url, log, limit, windowSeconds } = options;
  const window = windowSeconds * 1_000_000;
  const own = createTokenBuckets(options);
  let isShared = true;
  let nextAttempt = 0;

  // Of an error the message only: the command beside it may be AUTH, whose argument is the password.
  function fail({ message }: Error): void {
    nextAttempt = performance.now() + pause;
    if (!isShared) return;
    isShared = false;
    log.warn(
      { reason: message },
      "Redis does not answer: until it does, this server counts requests by itself",
    );
  }

  function recover(): void {
    if (isShared) return;
    isShared = true;
    log.info("Redis answers: requests are counted together with the other servers");
  }

  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout,
    commandTimeout: takeTimeout,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => pause,
  }) as Client;
  client.on("error", fail);
  client.defineCommand("takeToken", { numberOfKeys: 1, lua: take });

  async function takeShared(key: string): Promise<RateLimitDecision> {
    try {
      const [allowed, untilFull] = await client.takeToken(keyPrefix + key, window, window / limit);
      recover();
      return describeBucket(allowed === 1, Number(untilFull) / 1_000, options);
    } catch (error) {
      fail(error as Error);
      return own.take(key);
    }
  }

  await Promise.race([client.connect(), timeout(connectTimeout)]).catch(fail);
  return {
    take(key) {
      if (isShared) return takeShared(key);
      if (performance.now() < nextAttempt) return own.take(key);
      nextAttempt = performance.now() + pause;
      return takeShared(key);
    },
    close: () => client.disconnect(),
  };
}

function timeout(milliseconds: number): Promise<never> {
  return new Promise((_resolve, reject) => {
    setTimeout(() => reject(new Error("Connecting took too long")), milliseconds).unref();
  });
}
