import { createServer, type Server } from "node:http";
import type { FastifyInstance } from "fastify";
import type { Registry } from "prom-client";
import { trackConnections } from "./graceful-close.ts";

/** What is counted. */
export interface Metrics {
  /** Answers `/metrics` in Prometheus' text format once it listens, on a port of its own; ends with the application. */
  readonly server: Server;
  /** What others count in, too. */
  readonly registry: Registry;
  /** Counts an answer that broke the contract. */
  contractViolation(operationId: string): void;
}

/**
 * Counts and times the requests of `app`, by route and never by URL, which holds ids.
 *
 * @throws Error where prom-client, an optional peer, is not installed
 */
export async function registerMetrics(app: FastifyInstance): Promise<Metrics> {
  // Loaded only where metrics are wanted: it would make every start slower.
  const { Counter, Histogram, Registry, collectDefaultMetrics } = await import("prom-client");
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const duration = new Histogram({
    name: "http_request_duration_seconds",
    help: "Time from a request's arrival until its answer was sent.",
    labelNames: ["method", "route", "status_code"],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  });
  const violations = new Counter({
    name: "contract_violations_total",
    help: "Answers that broke the contract.",
    labelNames: ["operation"],
    registers: [registry],
  });
  app.addHook("onResponse", (request, reply, done) => {
    const route = request.routeOptions.url ?? "unknown";
    duration.observe(
      { method: request.method, route, status_code: reply.statusCode },
      reply.elapsedTime / 1000,
    );
    done();
  });
  const server = metricsServer(registry);
  const closeGracefully = trackConnections(server);
  app.addHook("preClose", (done) => {
    closeGracefully();
    server.close();
    done();
  });
  return { server, registry, contractViolation: (operation) => violations.inc({ operation }) };
}

function metricsServer(registry: Registry): Server {
  return createServer(async (request, response) => {
    if (request.url !== "/metrics") {
      response.writeHead(404).end();
      return;
    }
    response.setHeader("content-type", registry.contentType);
    response.end(await registry.metrics());
  });
}
