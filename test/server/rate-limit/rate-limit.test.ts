import Fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createTokenBuckets, type RateLimiter } from "../../../server/rate-limit/buckets.ts";
import { defaultRateLimit, parseRateLimit } from "../../../server/rate-limit/policy.ts";
import { type RateLimitOptions, registerRateLimit } from "../../../server/rate-limit/rate-limit.ts";

const start = 1_800_000_000;

let time: number;
let app: FastifyInstance;
let address: string;

beforeEach(() => {
  time = start * 1_000;
  app = Fastify({ bodyLimit: 10 });
});

afterEach(() => app.close());

async function serve(options: Partial<RateLimitOptions> = {}): Promise<void> {
  registerRateLimit(app, {
    limit: 10,
    windowSeconds: 20,
    keyOf: ({ headers }) => String(headers["x-client"]),
    now: () => time,
    ...options,
  });
  app.get("/", () => "ok");
  app.post("/", () => "ok");
  app.get("/refused", () => Promise.reject(Object.assign(new Error("refused"), { statusCode: 403 })));
  app.get("/broken", () => Promise.reject(new Error("broken")));
  address = await app.listen({ port: 0, host: "127.0.0.1" });
}

function send(path = "/", init: RequestInit = {}): Promise<Response> {
  return fetch(address + path, { ...init, headers: { "x-client": "one", ...init.headers } });
}

function rateLimitOf({ status, headers }: Response) {
  const names = [
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
    "ratelimit-policy",
    "ratelimit",
    "retry-after",
  ];
  return [status, ...names.map((name) => headers.get(name))];
}

async function drain(): Promise<void> {
  for (let request = 0; request < 10; request += 1) expect((await send()).status).toBe(200);
}

describe("the headers", () => {
  test("count down and say when the bucket is full again", async () => {
    await serve();
    const policy = '"default";q=10;w=20';
    expect(rateLimitOf(await send())).toEqual([
      200,
      "10",
      "9",
      String(start + 2),
      policy,
      '"default";r=9;t=2',
      null,
    ]);
    expect(rateLimitOf(await send())).toEqual([
      200,
      "10",
      "8",
      String(start + 4),
      policy,
      '"default";r=8;t=4',
      null,
    ]);
    time += 3_000;
    expect(rateLimitOf(await send())).toEqual([
      200,
      "10",
      "8",
      String(start + 6),
      policy,
      '"default";r=8;t=3',
      null,
    ]);
    time += 3_600_000;
    expect(rateLimitOf(await send())).toEqual([
      200,
      "10",
      "9",
      String(start + 3_605),
      policy,
      '"default";r=9;t=2',
      null,
    ]);
  });

  test.each([
    ["a refusal", 403, "/refused", {}],
    ["a server error", 500, "/broken", {}],
    ["an unknown path", 404, "/unknown", {}],
    ["a method that is not there", 404, "/", { method: "DELETE" }],
    [
      "an unsupported media type",
      415,
      "/",
      { method: "POST", body: "<a/>", headers: { "content-type": "a/b" } },
    ],
    ["a body too large", 413, "/", { method: "POST", body: "x".repeat(11) }],
    [
      "a body that is no JSON",
      400,
      "/",
      { method: "POST", body: "{", headers: { "content-type": "application/json" } },
    ],
    ["a HEAD request", 200, "/", { method: "HEAD" }],
  ])("are on %s (%i)", async (_case, status, path, init) => {
    await serve();
    expect(rateLimitOf(await send(path, init as RequestInit)).slice(0, 4)).toEqual([
      status,
      "10",
      "9",
      String(start + 2),
    ]);
  });
});

describe("beyond the limit", () => {
  test("a request is refused with the recorded message, and told when to come back", async () => {
    await serve();
    await drain();
    const response = await send();
    expect(rateLimitOf(response)).toEqual([
      429,
      "10",
      "0",
      String(start + 20),
      '"default";q=10;w=20',
      '"default";r=0;t=2',
      "2",
    ]);
    expect(await response.json()).toMatchObject({
      statusCode: 429,
      message: "Global limit has been reached",
    });
  });

  test("the error carries what an error handler needs", async () => {
    app.setErrorHandler((error, _request, reply) => reply.send(JSON.stringify(error)));
    await serve({ limit: 1 });
    await send();
    expect(await (await send()).json()).toMatchObject({
      name: "TooManyRequestsError",
      statusCode: 429,
      errorCode: "too_many_requests",
      retryAfter: 20,
    });
  });

  test("refused requests take no token, and one is back after the time told", async () => {
    await serve();
    await drain();
    time += 1_999;
    expect((await send()).status).toBe(429);
    time += 1;
    expect((await send()).status).toBe(200);
    expect((await send()).status).toBe(429);
  });

  test("unknown paths are refused too, so that nobody can search for valid ones", async () => {
    await serve();
    await drain();
    expect((await send("/unknown")).status).toBe(429);
  });

  test("another client is not affected", async () => {
    await serve();
    await drain();
    expect((await send()).status).toBe(429);
    expect((await send("/", { headers: { "x-client": "two" } })).status).toBe(200);
  });
});

test("a request without a key is not limited", async () => {
  await serve({ keyOf: () => undefined, limit: 1 });
  await send();
  expect(rateLimitOf(await send())).toEqual([200, null, null, null, null, null, null]);
});

describe("a limiter elsewhere", () => {
  const decision = { allowed: true, remaining: 4, secondsUntilFull: 1.2, secondsUntilNext: 0 };
  const limiterThat = (take: RateLimiter["take"]): RateLimiter => ({ take });

  test("may take its time", async () => {
    await serve({ limiter: limiterThat(async () => decision) });
    expect((await send()).headers.get("ratelimit")).toBe('"default";r=4;t=2');
  });

  test("may refuse late", async () => {
    const refusal = { ...decision, allowed: false, remaining: 0, secondsUntilNext: 3.1 };
    await serve({ limiter: limiterThat(async () => refusal) });
    expect(rateLimitOf(await send()).at(-1)).toBe("4");
  });

  test("that fails fails the request", async () => {
    await serve({ limiter: limiterThat(() => Promise.reject(new Error("unreachable"))) });
    expect((await send()).status).toBe(500);
  });
});

describe("token buckets", () => {
  const take = (buckets: RateLimiter, key = "one") =>
    buckets.take(key) as Awaited<ReturnType<typeof buckets.take>>;

  test("over a long time allow what the rate says, and not one request more than the burst", () => {
    const buckets = createTokenBuckets({ limit: 7, windowSeconds: 3, now: () => time });
    let allowed = 0;
    for (let step = 0; step < 100_000; step += 1) {
      if (take(buckets).allowed) allowed += 1;
      time += 10;
    }
    expect(allowed).toBe(7 + Math.floor(((100_000 - 1) * 10 * 7) / 3_000));
  });

  test.each([1, 3, 6, 7, 1_000, 99_999])("give exactly a burst of %i, whatever the rounding", (limit) => {
    const buckets = createTokenBuckets({ limit, windowSeconds: 7, now: () => time });
    const remaining = Array.from({ length: limit }, () => take(buckets).remaining);
    expect(remaining).toEqual(Array.from({ length: limit }, (_, taken) => limit - 1 - taken));
    expect(take(buckets)).toMatchObject({ allowed: false, remaining: 0 });
  });

  test("are forgotten beyond the bound, the one unused for longest first", () => {
    const buckets = createTokenBuckets({ limit: 2, windowSeconds: 60, maximumBuckets: 2, now: () => time });
    take(buckets, "old");
    take(buckets, "kept");
    take(buckets, "new");
    expect(take(buckets, "kept").remaining).toBe(0);
    expect(take(buckets, "old").remaining).toBe(1);
  });

  test("do not lock a client out for longer than the window when the clock is set back", () => {
    const buckets = createTokenBuckets({ limit: 2, windowSeconds: 60, now: () => time });
    take(buckets);
    time -= 3_600_000;
    expect(take(buckets).allowed).toBe(false);
    time += 60_000;
    expect(take(buckets)).toMatchObject({ allowed: true, remaining: 1 });
  });
});

describe("the text of a rate limit", () => {
  test.each([
    ["6000/10", { limit: 6_000, windowSeconds: 10 }],
    ["100/s", { limit: 100, windowSeconds: 1 }],
    ["100/m", { limit: 100, windowSeconds: 60 }],
    ["1/h", { limit: 1, windowSeconds: 3_600 }],
    ["1000000000/86400", { limit: 1_000_000_000, windowSeconds: 86_400 }],
    ["off", undefined],
  ])("%s", (text, policy) => {
    expect(parseRateLimit(text)).toEqual(policy);
  });

  test.each([
    "",
    "on",
    "0/s",
    "10",
    "10/",
    "10/0",
    "10/d",
    "-1/s",
    "1.5/s",
    "10/86401",
    "1000000001/s",
    "10/s ",
  ])("%j is refused in one sentence", (text) => {
    expect(() => parseRateLimit(text)).toThrow(
      `A rate limit is "off" or <requests>/<seconds>, for example 6000/10 or 100/s (at most 1000000000 requests and 86400 seconds), not "${text}".`,
    );
  });

  test("has a default that can be written", () => {
    expect(parseRateLimit(`${defaultRateLimit.limit}/${defaultRateLimit.windowSeconds}`)).toEqual(
      defaultRateLimit,
    );
  });
});
