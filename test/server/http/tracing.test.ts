import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import fastify from "fastify";
import { expect, onTestFinished, test, vi } from "vitest";
import { readConfig } from "../../../server/config/config.ts";
import { registerTracing } from "../../../server/http/tracing.ts";

interface ExportedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly parentSpanId?: string;
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
}

/** A collector of OTLP over HTTP, and an application that exports to it. */
async function tracedApp() {
  const bodies: string[] = [];
  const collector = createServer(async (request, response) => {
    bodies.push(`${request.url} ${await text(request)}`);
    response.end("{}");
  });
  await new Promise<void>((listening) => collector.listen(0, "127.0.0.1", listening));
  onTestFinished(() => void collector.close());
  vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", `http://127.0.0.1:${(collector.address() as AddressInfo).port}`);
  onTestFinished(() => void vi.unstubAllEnvs());

  const app = fastify();
  await registerTracing(app);
  app.get("/users/:id", async () => ({}));
  app.get("/health/live", async () => ({}));
  app.get("/broken", async () => {
    throw new Error("broken");
  });
  return {
    app,
    /** Closing exports what is left. */
    async exported(): Promise<ExportedSpan[]> {
      await app.close();
      return bodies.flatMap((body) => {
        expect(body).toMatch(/^\/v1\/traces /);
        const { resourceSpans } = JSON.parse(body.slice(body.indexOf("{")));
        return resourceSpans[0].scopeSpans[0].spans as ExportedSpan[];
      });
    },
  };
}

const caller = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };

test("exports a span for each request, by its route and below its caller's, and none for health checks", async () => {
  const { app, exported } = await tracedApp();
  const traceparent = `00-${caller.traceId}-${caller.spanId}-01`;
  await app.inject({ url: "/users/auth0%7Cada", headers: { traceparent } });
  await app.inject("/health/live");
  await app.inject("/broken");

  const [users, broken, ...others] = await exported();
  expect(others).toEqual([]);
  expect(users).toMatchObject({
    name: "GET /users/:id",
    traceId: caller.traceId,
    parentSpanId: caller.spanId,
  });
  expect(JSON.stringify(users)).not.toContain("ada");
  expect(broken).toMatchObject({ name: "GET /broken", status: { code: 2 } });
  expect(broken?.attributes).toContainEqual({ key: "http.response.status_code", value: { intValue: 500 } });
});

test.each([
  "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
  "00-00000000000000000000000000000000-b7ad6b7169203331-01",
  "none",
])("begins a trace of its own where traceparent is %s", async (traceparent) => {
  const { app, exported } = await tracedApp();
  await app.inject({ url: "/users/ada", headers: { traceparent } });
  const [span] = await exported();
  expect(span?.traceId).toMatch(/^[\da-f]{32}$/);
  expect(span?.traceId).not.toBe(caller.traceId);
});

test("is on only where an endpoint is named, and an endpoint that is no URL is refused", () => {
  expect(readConfig({}).tracing).toBe(false);
  expect(readConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318" }).tracing).toBe(true);
  expect(() => readConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4318" })).toThrow(
    "OTEL_EXPORTER_OTLP_ENDPOINT must be the http or https URL of a collector",
  );
});
