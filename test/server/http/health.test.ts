import type { AddressInfo } from "node:net";
import { registerDrain, registerHealth } from "contract-first/fastify";
import fastify, { type FastifyInstance } from "fastify";
import { expect, test, vi } from "vitest";
import document from "../../../generated/openapi.json" with { type: "json" };
import { startServer } from "../../support/server.ts";
import { sharedServer } from "../../support/shared-server.ts";
import { createUser } from "../../support/users.ts";

test("tells that it lives and that it is ready, without a token", async () => {
  const server = await sharedServer();
  for (const [path, body] of [
    ["/health/live", { status: "live" }],
    ["/health/ready", { status: "ready" }],
  ] as const) {
    const response = await fetch(server.origin + path);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual(body);
  }
});

test("is not ready while no key of the issuer is known, though it lives", async () => {
  const server = await startServer({ ISSUER: "http://127.0.0.1:1/", AUDIENCE: "test" });
  const ready = await fetch(`${server.origin}/health/ready`);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toEqual({ status: "unavailable" });
  expect((await fetch(`${server.origin}/health/live`)).status).toBe(200);
});

test("serves the contract", async () => {
  const server = await sharedServer();
  const response = await fetch(`${server.origin}/openapi.json`);
  expect(response.headers.get("content-type")).toBe("application/json; charset=utf-8");
  expect(await response.json()).toEqual(document);
});

test("publishes the development issuer's public key, and only that", async () => {
  const server = await sharedServer();
  const { keys } = (await (await fetch(`${server.origin}/.well-known/jwks.json`)).json()) as {
    keys: Record<string, string>[];
  };
  expect(keys).toHaveLength(1);
  expect(keys[0]).toHaveProperty("x");
  expect(keys[0]).not.toHaveProperty("d");
});

test("counts requests by route on a listener of its own, and contract violations", async () => {
  const server = await startServer({ METRICS_PORT: "0" });
  await createUser(server, "very-personal");
  const { metrics } = server.app;
  if (metrics === undefined) throw new Error("no metrics");
  metrics.contractViolation("getUser");
  await new Promise<void>((resolve) => metrics.server.listen(0, "127.0.0.1", resolve));
  const { port } = metrics.server.address() as AddressInfo;
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  await new Promise((resolve) => metrics.server.close(resolve));
  expect(text).toContain(
    'http_request_duration_seconds_count{method="POST",route="/api/v2/users",status_code="201"} 1',
  );
  expect(text).toContain('contract_violations_total{operation="getUser"} 1');
  expect(text).not.toContain("very-personal");
  expect((await fetch(`${server.origin}/metrics`)).status).toBe(404);
});

test("asks for readiness no more often than twice a second, however many probes there are", async () => {
  const app = fastify();
  let asked = 0;
  registerHealth(app, {
    drain: registerDrain(app),
    ready: async () => {
      asked += 1;
    },
  });
  const began = performance.now();
  const answers = await Promise.all(Array.from({ length: 200 }, () => app.inject("/health/ready")));
  expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
  expect(asked).toBeLessThanOrEqual(1 + (performance.now() - began) / 500);
  await app.close();
});

test("notices that it is not ready any more, and that it is again, and logs each once", async () => {
  const lines: string[] = [];
  const app: FastifyInstance = fastify({ logger: { stream: { write: (line: string) => lines.push(line) } } });
  let isReady = true;
  registerHealth(app, {
    drain: registerDrain(app),
    ready: async () => {
      if (!isReady) throw new Error("out of order");
    },
  });
  const until = (statusCode: number) =>
    vi.waitFor(async () => expect((await app.inject("/health/ready")).statusCode).toBe(statusCode), 10_000);
  await until(200);
  isReady = false;
  await until(503);
  await app.inject("/health/ready");
  isReady = true;
  await until(200);
  const told = lines.map((line) => JSON.parse(line).msg).filter((message) => message.includes("ready"));
  expect(told).toEqual(["not ready", "ready again"]);
  await app.close();
});

test("tells what runs", async () => {
  const server = await sharedServer();
  const response = await fetch(`${server.origin}/version`);
  expect(await response.json()).toEqual({
    version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    contract: document.info.version,
  });
});
