import { Redis } from "ioredis";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { openRedisTokenBuckets, type RedisTokenBuckets } from "../../../server/rate-limit/redis-buckets.ts";
import { hasRedis, TestRedis } from "../../support/redis.ts";
import { startServer } from "../../support/server.ts";

const policy = { limit: 10, windowSeconds: 3_600 };

async function open(redis: TestRedis, more: Partial<typeof policy> = {}) {
  const logged: string[] = [];
  const log = {
    warn: (facts: object, message: string) => logged.push(`warn ${message} ${JSON.stringify(facts)}`),
    info: (message: string) => logged.push(`info ${message}`),
  };
  const buckets = await openRedisTokenBuckets({ ...policy, ...more, url: redis.url, log });
  onTestFinished(() => buckets.close());
  return { buckets, logged };
}

async function takeAll(all: readonly RedisTokenBuckets[], times: number, key = "one") {
  const decisions = await Promise.all(
    Array.from({ length: times }, (_, index) => all[index % all.length]?.take(key)),
  );
  return decisions.filter((decision) => decision?.allowed).length;
}

describe.skipIf(!hasRedis)("token buckets in Redis (skipped where redis-server is not installed)", () => {
  test("give one burst between several servers that take at once", async () => {
    const redis = await TestRedis.start();
    const servers = [await open(redis), await open(redis), await open(redis)].map(({ buckets }) => buckets);
    expect(await takeAll(servers, 100)).toBe(10);
    expect(await takeAll(servers, 100, "another client")).toBe(10);
  });

  test("tell what is left, when the bucket is full again and when a token is back", async () => {
    const { buckets } = await open(await TestRedis.start());
    const close = (seconds: number) => expect.closeTo(seconds, 0);
    expect(await buckets.take("one")).toEqual({
      allowed: true,
      remaining: 9,
      secondsUntilFull: close(360),
      secondsUntilNext: 0,
    });
    expect(await takeAll([buckets], 9)).toBe(9);
    expect(await buckets.take("one")).toEqual({
      allowed: false,
      remaining: 0,
      secondsUntilFull: close(3_600),
      secondsUntilNext: close(360),
    });
  });

  test.each([1, 7, 999])("give exactly a burst of %i, whatever the rounding", async (limit) => {
    const { buckets } = await open(await TestRedis.start(), { limit, windowSeconds: 86_400 });
    expect(await takeAll([buckets], limit + 5)).toBe(limit);
  });

  test("fill by the clock of Redis, and are forgotten when full", async () => {
    const redis = await TestRedis.start();
    const { buckets } = await open(redis, { limit: 5, windowSeconds: 1 });
    expect(await takeAll([buckets], 6)).toBe(5);
    await vi.waitFor(async () => expect(await takeAll([buckets], 1)).toBe(1), { timeout: 3_000 });
    const client = new Redis(redis.url);
    onTestFinished(() => client.disconnect());
    const [key = ""] = await client.keys("*");
    const left = await client.pttl(key);
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(1_000);
  });

  test("survive a Redis that has forgotten the script", async () => {
    const redis = await TestRedis.start();
    const { buckets, logged } = await open(redis);
    expect(await takeAll([buckets], 4)).toBe(4);
    const client = new Redis(redis.url);
    onTestFinished(() => client.disconnect());
    await client.script("FLUSH");
    expect(await takeAll([buckets], 10)).toBe(6);
    expect(logged).toEqual([]);
  });
});

describe.skipIf(!hasRedis)("without Redis (skipped where redis-server is not installed)", () => {
  const warning = expect.stringMatching(/^warn Redis does not answer: until it does/);
  const recovery = "info Redis answers: requests are counted together with the other servers";

  test("a server counts by itself, warns once, and shares again when Redis is back", async () => {
    const redis = await TestRedis.start();
    const { buckets, logged } = await open(redis);
    expect(await takeAll([buckets], 3)).toBe(3);

    await redis.kill();
    expect(await takeAll([buckets], 20)).toBe(10);
    expect(await takeAll([buckets], 20)).toBe(0);
    expect(logged).toEqual([warning]);

    await redis.start();
    await vi.waitFor(
      async () => {
        await buckets.take("probe");
        expect(logged).toEqual([warning, recovery]);
      },
      { timeout: 10_000, interval: 100 },
    );
    expect(await takeAll([buckets], 20)).toBe(10);
  });

  test("that hangs, requests are decided in bounded time", async () => {
    const redis = await TestRedis.start();
    const { buckets, logged } = await open(redis);
    redis.suspend();
    const start = performance.now();
    expect(await takeAll([buckets], 20)).toBe(10);
    for (let request = 0; request < 1_000; request += 1) await buckets.take(`client ${request}`);
    expect(performance.now() - start).toBeLessThan(5_000);
    expect(logged).toEqual([warning]);

    redis.resume();
    await vi.waitFor(
      async () => {
        await buckets.take("probe");
        expect(logged.at(-1)).toBe(recovery);
      },
      { timeout: 10_000, interval: 100 },
    );
  });

  test("a start is no slower than a second, and tells why without the password", async () => {
    const redis = await TestRedis.stopped();
    const { buckets, logged } = await open(redis);
    expect(logged).toEqual([warning]);
    expect(logged.join()).toContain("ECONNREFUSED");
    expect(await takeAll([buckets], 20)).toBe(10);
  });

  test("a wrong password is told and not repeated", async () => {
    const redis = await TestRedis.start();
    const url = redis.url.replace("a-secret-password", "another-password");
    const { buckets, logged } = await open({ url } as TestRedis);
    expect(await takeAll([buckets], 20)).toBe(10);
    expect(logged).toEqual([expect.stringContaining("WRONGPASS")]);
    expect(logged.join()).not.toContain("another-password");
  });
});

test.skipIf(!hasRedis)(
  "servers with one REDIS_URL share the limit (skipped without redis-server)",
  async () => {
    const redis = await TestRedis.start();
    const env = { RATE_LIMIT: "6/3600", REDIS_URL: redis.url };
    const servers = [await startServer(env), await startServer(env)];
    const statuses: number[] = [];
    for (let request = 0; request < 8; request += 1) {
      const { status } = await fetch(`${servers[request % 2]?.origin}/openapi.json`);
      statuses.push(status);
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 429, 429]);
  },
);
