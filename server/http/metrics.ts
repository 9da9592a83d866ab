import { type Metrics, registerMetrics } from "contract-first/fastify";
import type { FastifyInstance } from "fastify";
import type { SecretCipher } from "../secrets/cipher.ts";
import { UnauthenticatedError } from "../security/errors.ts";
import type { IssuerKeys } from "../security/issuer-keys.ts";
import type { Store } from "../store/store.ts";

/** What is measured beside the requests. */
export interface MetricSources {
  readonly cipher: Pick<SecretCipher, "encryptions" | "undecryptable">;
  readonly keys: Pick<IssuerKeys, "ageSeconds">;
  readonly store: Pick<Store, "countAuditEvents">;
}

/** Counts and times the requests of `app`, and what only this API has to count. */
export async function registerApiMetrics(app: FastifyInstance, sources: MetricSources): Promise<Metrics> {
  const metrics = await registerMetrics(app);
  const { registry } = metrics;
  const { Counter, Gauge } = await import("prom-client");
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
  const auditEvents = async (count: "kept" | "recorded") => {
    try {
      return (await sources.store.countAuditEvents())[count];
    } catch {
      // Of a database that is lost the readiness tells, and all other metrics shall be served.
      return undefined;
    }
  };
  new Gauge({
    name: "audit_events",
    help: "Events of the audit trail that are kept in the database; NaN while it cannot be read.",
    registers: [registry],
    async collect() {
      this.set((await auditEvents("kept")) ?? Number.NaN);
    },
  });
  new Counter({
    name: "audit_events_total",
    help: "Events that the audit trail in the database has had, of all servers together.",
    registers: [registry],
    async collect() {
      const recorded = await auditEvents("recorded");
      if (recorded === undefined) return;
      this.reset();
      this.inc(recorded);
    },
  });
  app.addHook("onError", (_request, _reply, error, done) => {
    if (error instanceof UnauthenticatedError) refusedTokens.inc({ reason: error.reason });
    else if (error.statusCode === 429) rateLimited.inc();
    done();
  });
  return metrics;
}
