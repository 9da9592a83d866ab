import { RequestError } from "contract-first/fastify";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import {
  createTokenBuckets,
  type RateLimitDecision,
  type RateLimiter,
  type TokenBucketsOptions,
} from "./buckets.ts";

/** The client has sent more requests than the rate limit allows; the request may be sent again later. */
export class TooManyRequestsError extends RequestError {
  override readonly name = "TooManyRequestsError";
  readonly statusCode = 429;
  readonly errorCode = "too_many_requests";
  /** Seconds: the value of the `Retry-After` header, which is already set. */
  readonly retryAfter: number;

  constructor(retryAfter: number) {
    super("Global limit has been reached");
    this.retryAfter = retryAfter;
  }
}

export interface RateLimitOptions extends TokenBucketsOptions {
  /**
   * Whose bucket a request takes from; undefined for one that is not limited. Keys of different kinds need different
   * prefixes, lest a subject spell another client's address.
   */
  keyOf(request: FastifyRequest): string | undefined | Promise<string>;
  /** Counts the requests. @default token buckets in the memory of this process */
  readonly limiter?: RateLimiter;
}

/**
 * Limits the rate of requests before anything else is done for them, unknown paths included. Register it after the
 * hooks whose headers a refusal needs too, and before all else.
 *
 * Every answer tells how things stand, in the headers that Auth0's clients read (`x-ratelimit-limit`,
 * `x-ratelimit-remaining`, `x-ratelimit-reset`: UNIX seconds at which the bucket is full again) and in those of
 * draft-ietf-httpapi-ratelimit-headers-11 (`RateLimit-Policy`, `RateLimit`). A request beyond the limit fails with
 * TooManyRequestsError and `Retry-After`.
 */
export function registerRateLimit(app: FastifyInstance, options: RateLimitOptions): void {
  const { limit, windowSeconds, keyOf, limiter = createTokenBuckets(options), now = Date.now } = options;
  const policy = `"default";q=${limit};w=${windowSeconds}`;

  function apply(decision: RateLimitDecision, reply: FastifyReply): TooManyRequestsError | undefined {
    const { allowed, remaining, secondsUntilFull, secondsUntilNext } = decision;
    const retryAfter = Math.max(1, Math.ceil(secondsUntilNext));
    // A client that waits for the effective window must not come back before Retry-After (section 6 of the draft).
    const effectiveWindow = allowed ? Math.ceil(secondsUntilFull) : retryAfter;
    reply.header("x-ratelimit-limit", limit);
    reply.header("x-ratelimit-remaining", remaining);
    reply.header("x-ratelimit-reset", Math.ceil(now() / 1_000 + secondsUntilFull));
    reply.header("ratelimit-policy", policy);
    reply.header("ratelimit", `"default";r=${remaining};t=${effectiveWindow}`);
    if (allowed) return undefined;
    reply.header("retry-after", retryAfter);
    return new TooManyRequestsError(retryAfter);
  }

  app.addHook("onRequest", (request, reply, done) => {
    const key = keyOf(request);
    if (key === undefined) return done();
    const decision = key instanceof Promise ? key.then((known) => limiter.take(known)) : limiter.take(key);
    if (decision instanceof Promise) {
      decision.then((decided) => done(apply(decided, reply)), done);
    } else {
      done(apply(decision, reply));
    }
  });
}
