import { dirname } from "node:path";
import { defaultRateLimit, parseRateLimit, type RateLimitPolicy } from "../rate-limit/policy.ts";
import type { MethodLimits, StoreOptions } from "../store/store.ts";
import { missingInProduction, type Need } from "./development.ts";
import { type Environment, fileOf, readVariable } from "./environment.ts";
import {
  collectorUrl,
  databaseUrl,
  methodLimits,
  oneOf,
  origins,
  portNumber,
  proxies,
  redisUrl,
  text,
  trustworthyUrl,
  webhookSecrets,
  wholeNumber,
} from "./parsers.ts";

/** Everything the server can be told, with its defaults filled in. */
export interface Config {
  readonly production: boolean;
  readonly host: string;
  readonly port: number;
  /** Where a caller on this machine finds the server: `http://127.0.0.1:3000`. */
  readonly origin: string;
  readonly databaseUrl: string;
  /** Where keys for development are kept: beside the database file. */
  readonly dataFolder: string;
  /** Absent: the development issuer. */
  readonly issuer: string | undefined;
  readonly audience: string;
  /** Where the issuer's keys are, when its discovery document does not tell. */
  readonly jwksUri: string | undefined;
  /** Absent: a development key beside the database. */
  readonly encryptionKeys: string | undefined;
  /** The file that they were read from, where they were: it is read again on SIGHUP. */
  readonly encryptionKeysFile: string | undefined;
  /** How long keys of the issuer are believed after they were last fetched. */
  readonly issuerKeysMaxAgeSeconds: number;
  /** Absent: requests are not limited. */
  readonly rateLimit: RateLimitPolicy | undefined;
  /** Where servers count requests together; absent: each counts its own. */
  readonly redisUrl: string | undefined;
  /** How many days the events of the audit trail are kept. */
  readonly auditRetentionDays: number;
  readonly unknownUsers: StoreOptions["unknownUsers"];
  readonly methodLimits: MethodLimits;
  readonly logLevel: (typeof logLevels)[number];
  /** Absent: no metrics. */
  readonly metricsPort: number | undefined;
  readonly metricsHost: string;
  /** How long after SIGTERM the port stays open, for balancers to learn of it. */
  readonly drainSeconds: number;
  /** Spans are exported; where to, the exporter reads itself (OTEL_EXPORTER_OTLP_ENDPOINT and its siblings). */
  readonly tracing: boolean;
  /** The origins that browsers may call from; empty: none. */
  readonly corsOrigins: readonly string[] | "*";
  /** Where codes are posted to, to be sent; absent: they can only be returned. */
  readonly deliveryWebhook: { readonly url: string; readonly secrets: readonly Buffer[] } | undefined;
  /** The proxies whose `X-Forwarded-For` is believed, as addresses or networks. */
  readonly trustProxy: readonly string[];
}

/** The environment does not make a configuration; the message names every variable at fault. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

const environments = ["development", "test", "production"] as const;

const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

/** How many methods of each type a user may have where METHOD_LIMITS does not say. */
export const defaultMethodLimits: MethodLimits = {
  phone: 10,
  email: 10,
  totp: 10,
  "webauthn-roaming": 10,
  passkey: 20,
};

/**
 * Reads the configuration from environment variables. An empty variable counts as one that is not set.
 *
 * @param needs what must not be made up outside of development. @default what a server needs
 * @throws ConfigError that lists everything wrong at once and repeats no value, since it may be a secret
 */
export function readConfig(env: Environment, needs: readonly Need[] = ["issuer", "keys"]): Config {
  const problems: string[] = [];
  const faulty = new Set<string>();

  function read<T>(name: string, fallback: T, parse: (value: string) => T, expected: string): T {
    let value: string | undefined;
    try {
      value = readVariable(env, name);
    } catch (error) {
      faulty.add(name);
      problems.push((error as Error).message);
    }
    if (value === undefined) return fallback;
    try {
      return parse(value);
    } catch {
      faulty.add(name);
      problems.push(`${name} must be ${expected}`);
      return fallback;
    }
  }

  function readOptional<T>(name: string, parse: (value: string) => T, expected: string): T | undefined {
    return read<T | undefined>(name, undefined, parse, expected);
  }

  const production =
    read(
      "NODE_ENV",
      "development",
      (value) => oneOf(...environments)(value.toLowerCase()),
      environments.join(", ").replace(/, (?=\w+$)/, " or "),
    ) === "production";
  const host = read("HOST", "127.0.0.1", text, "a host name or an IP address");
  const port = read("PORT", 3000, portNumber, "a port number from 0 to 65535");
  const database = read(
    "DATABASE_URL",
    "sqlite:./data/authentication-methods.sqlite",
    databaseUrl,
    "sqlite:<path> or postgres://<user>@<host>/<database>",
  );
  const deliveryUrl = readOptional(
    "DELIVERY_WEBHOOK_URL",
    trustworthyUrl,
    "an https URL (http on localhost only)",
  );
  const deliverySecrets = readOptional(
    "DELIVERY_WEBHOOK_SECRET",
    webhookSecrets,
    "`whsec_` and 24 to 64 random bytes in base64, several by spaces, for example from `echo whsec_$(openssl rand -base64 32)`",
  );
  const origin = `http://${urlHost(host)}:${port}`;
  const config: Config = {
    production,
    host,
    port,
    origin,
    databaseUrl: database,
    dataFolder: dataFolder(database),
    issuer: readOptional(
      "ISSUER",
      trustworthyUrl,
      "an https URL (http on localhost only), the `iss` of the tokens to accept",
    ),
    audience: read("AUDIENCE", `${origin}/api/v2/`, text, "the `aud` of the tokens to accept"),
    jwksUri: readOptional("JWKS_URI", trustworthyUrl, "an https URL (http on localhost only)"),
    encryptionKeys: readOptional("ENCRYPTION_KEYS", text, "a list of <key id>:<32 bytes in base64>"),
    encryptionKeysFile: fileOf(env, "ENCRYPTION_KEYS"),
    issuerKeysMaxAgeSeconds: read(
      "ISSUER_KEYS_MAX_AGE_SECONDS",
      3_600,
      wholeNumber(604_800, 60),
      "a number of seconds from 60 to 604800",
    ),
    auditRetentionDays: read(
      "AUDIT_RETENTION",
      400,
      wholeNumber(36_500, 1),
      "a number of days from 1 to 36500",
    ),
    rateLimit: read<RateLimitPolicy | undefined>(
      "RATE_LIMIT",
      defaultRateLimit,
      parseRateLimit,
      "`off` or <requests>/<seconds>, for example 6000/10 or 100/s",
    ),
    redisUrl: readOptional("REDIS_URL", redisUrl, "redis://<host> or rediss://<user>:<password>@<host>"),
    unknownUsers: read("UNKNOWN_USERS", "reject", oneOf("accept", "reject"), "`accept` or `reject`"),
    methodLimits: read(
      "METHOD_LIMITS",
      defaultMethodLimits,
      methodLimits(defaultMethodLimits),
      "a list such as passkey=20,phone=10, with numbers of at least 1",
    ),
    logLevel: read("LOG_LEVEL", "info", oneOf(...logLevels), `one of ${logLevels.join(", ")}`),
    metricsPort: readOptional("METRICS_PORT", portNumber, "a port number from 0 to 65535"),
    metricsHost: read("METRICS_HOST", "127.0.0.1", text, "a host name or an IP address"),
    drainSeconds: read("DRAIN_SECONDS", 0, wholeNumber(3_600), "a number of seconds from 0 to 3600"),
    tracing: read(
      "OTEL_EXPORTER_OTLP_ENDPOINT",
      false,
      (value) => collectorUrl(value) !== "",
      "the http or https URL of a collector",
    ),
    corsOrigins: read(
      "CORS_ORIGINS",
      [],
      origins,
      "`*` or a list of origins such as https://app.example.com",
    ),
    deliveryWebhook:
      deliveryUrl === undefined || deliverySecrets === undefined
        ? undefined
        : { url: deliveryUrl, secrets: deliverySecrets },
    trustProxy: read("TRUST_PROXY", [], proxies, "a list of IP addresses or networks"),
  };
  const isDeliveryFaulty = faulty.has("DELIVERY_WEBHOOK_URL") || faulty.has("DELIVERY_WEBHOOK_SECRET");
  if (!isDeliveryFaulty && (deliveryUrl === undefined) !== (deliverySecrets === undefined))
    problems.push(
      "DELIVERY_WEBHOOK_URL and DELIVERY_WEBHOOK_SECRET must be set together: where codes are posted to, and what the posts are signed with",
    );
  if (config.issuer !== undefined && !env.AUDIENCE?.trim())
    problems.push(
      "AUDIENCE must be set beside ISSUER: the `aud` of the tokens that are meant for this server",
    );
  // A variable whose value is at fault has been told of already.
  problems.push(
    ...missingInProduction(config, needs)
      .filter(([name]) => !faulty.has(name))
      .map(([, problem]) => problem),
  );
  if (problems.length > 0) throw new ConfigError(`${problems.join("; ")}.`);
  return config;
}

function dataFolder(databaseUrl: string): string {
  const path = /^sqlite:(?!:memory:)(.+)$/.exec(databaseUrl)?.[1];
  return path === undefined ? "./data" : dirname(path);
}

/** The host as it stands in a URL: an IPv6 address in brackets. */
export function urlHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
