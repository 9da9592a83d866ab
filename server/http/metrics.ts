import { createServer, type Server } from "node:http";
import { trackConnections } from "contract-first/fastify";
import type { FastifyInstance } from "fastify";
import type { Registry } from "prom-client";
import type { SecretCipher } from "../secrets/cipher.ts";
import { UnauthenticatedError } from "../security/errors.ts";
import type { IssuerKeys } from "../security/issuer-keys.ts";

/** What is counted. */
export interface Metrics {
  /** Answers the contents in Prometheus' text format, on a listener of its own; ends with the application. */
  readonly server: Server;
  /** What others count in, too. */
  readonly registry: Registry;
  /** Counts an answer that broke the contract. */
  contractViolation(operationId: string): void;
}

/** What is measured beside the requests. */
export interface MetricSources {
  readonly cipher: Pick<SecretCipher, "encryptions" | "undecryptable">;
  readonly keys: Pick<IssuerKeys, "ageSeconds">;
}

/** Counts and times the requests of `app`, by route and never by URL, which holds users' ids. */
export async function registerMetrics(app: FastifyInstance, sources: MetricSources): Promise<Metrics> {
  // Loaded only where metrics are wanted: it would make every start slower.
  const { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } = await import("prom-client");
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
  const refusedTokens = new Counter({
    name: "refused_tokens_total",
    help: "Requests whose token was missing or could not be trusted, by the reason.",
    labelNames: ["reason"],
    registers: [registry],
  });
  const rateLimited = new Counter({
    name: "rate_limited_requests_total",
    help: "Requests beyond the rate limit, answered 429.",
    registers: [registry],
  });
  new Counter({
    name: "encryptions_total",
    help: "Encryptions since the process began, by the key's id; a key is good for 2^32 of all servers together.",
    labelNames: ["key_id"],
    registers: [registry],
    collect() {
      this.reset();
      for (const [key_id, count] of sources.cipher.encryptions) this.inc({ key_id }, count);
    },
  });
  new Counter({
    name: "undecryptable_secrets_total",
    help: "Secrets that could not be decrypted since the process began.",
    registers: [registry],
    collect() {
      this.reset();
      this.inc(sources.cipher.undecryptable);
    },
  });
  new Gauge({
    name: "issuer_keys_age_seconds",
    help: "How long ago the issuer's keys were last fetched; NaN where none are known.",
    registers: [registry],
    collect() {
      this.set(sources.keys.ageSeconds ?? Number.NaN);
    },
  });
  app.addHook("onError", (_request, _reply, error, done) => {
    if (error instanceof UnauthenticatedError) refusedTokens.inc({ reason: error.reason });
    else if (error.statusCode === 429) rateLimited.inc();
    done();
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
  return {
    server,
    registry,
    contractViolation: (operation) => violations.inc({ operation }),
  };
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
