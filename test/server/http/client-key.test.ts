import { expect, test } from "vitest";
import { startServer, type TestServer } from "../../support/server.ts";

const path = "/api/v2/users/auth0%7Cada";

async function sendTokens(server: TestServer, tokens: readonly (string | undefined)[]): Promise<number[]> {
  const statuses: number[] = [];
  for (const token of tokens) {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    statuses.push((await fetch(server.origin + path, { headers })).status);
  }
  return statuses;
}

/** Refused for different reasons, each a token of its own. */
async function badTokens(server: TestServer): Promise<readonly string[]> {
  const good = await server.token(["read:users"]);
  return ["opaque", "a.b.c", `${good.slice(0, -8)}AAAAAAAA`, `${good}A`, good.replace(".", ".A")];
}

test("no number of refused tokens from its address makes a valid token that is new here a 429", async () => {
  const server = await startServer({ RATE_LIMIT: "3/3600" });
  const bad = await badTokens(server);
  expect(await sendTokens(server, bad)).toEqual([401, 401, 401, 429, 429]);
  expect(await sendTokens(server, Array(4).fill(undefined))).toEqual([401, 401, 401, 429]);
  const good = await server.token(["read:users"], "somebody");
  expect(await sendTokens(server, [good, good, good, good])).toEqual([404, 404, 404, 429]);
});

test("a subject's requests are counted together from the first use of each of its tokens", async () => {
  const server = await startServer({ RATE_LIMIT: "2/3600" });
  const tokens = [
    await server.token(["read:users"]),
    await server.token(["read:users", "delete:users"]),
    await server.token(["delete:users", "read:users"]),
  ];
  expect(await sendTokens(server, tokens)).toEqual([404, 404, 429]);
});

test("X-Forwarded-For that is not believed is warned of once, and tells no address", async () => {
  const server = await startServer();
  const headers = { "x-forwarded-for": "203.0.113.7" };
  for (let count = 0; count < 3; count += 1) await fetch(`${server.origin}/health/live`, { headers });
  const warnings = server.log.filter((line) => line.includes("TRUST_PROXY"));
  expect(warnings).toHaveLength(1);
  expect(warnings.join()).not.toContain("203.0.113.7");
});

test("a proxy that is trusted is not warned of", async () => {
  const server = await startServer({ TRUST_PROXY: "loopback" });
  await fetch(`${server.origin}/health/live`, { headers: { "x-forwarded-for": "203.0.113.7" } });
  expect(server.log.filter((line) => line.includes("TRUST_PROXY"))).toEqual([]);
});
