import {
  type Drain,
  type Metrics,
  RequestLog,
  registerContract,
  registerContractDocument,
  registerDocs,
  registerDrain,
  registerHealth,
  requestId,
  trackConnections,
} from "contract-first/fastify";
import fastify, { type FastifyBaseLogger, type FastifyInstance } from "fastify";
import type { operations } from "../generated/openapi.d.ts";
import { auditHandlers } from "./audit/handlers.ts";
import { authenticationMethodHandlers } from "./authentication-methods/handlers.ts";
import type { Config } from "./config/config.ts";
import { document, formats } from "./contract.ts";
import { clientKey } from "./http/client-key.ts";
import { registerCors } from "./http/cors.ts";
import { registerDevelopmentIssuer } from "./http/development-issuer.ts";
import { settingsForSamples } from "./http/docs-settings.ts";
import { registerErrorHandler, sendFrameworkError } from "./http/error-handler.ts";
import { registerFormParser } from "./http/form-parser.ts";
import { registerForwardedForWarning } from "./http/forwarded-for.ts";
import { registerApiMetrics } from "./http/metrics.ts";
import { explainRefusal } from "./http/refusal.ts";
import { registerSecurityHeaders } from "./http/security-headers.ts";
import { StoreLog } from "./http/store-log.ts";
import { registerVersion } from "./http/version.ts";
import { openRateLimiter } from "./rate-limit/limiter.ts";
import { registerRateLimit } from "./rate-limit/rate-limit.ts";
import type { SecretCipher } from "./secrets/cipher.ts";
import { openCipher, openSecrets } from "./secrets/secrets.ts";
import { openWrappedKey, wrappedKeys } from "./secrets/wrapped-key.ts";
import { createBearerHandler, createOwnUserHandler } from "./security/bearer.ts";
import type { DevelopmentIssuer } from "./security/development-issuer.ts";
import { openIssuer } from "./security/issuer.ts";
import type { Principal } from "./security/principal.ts";
import { createTokenVerifier } from "./security/token-verifier.ts";
import { strictlyIncreasingClock } from "./store/clock.ts";
import { removeExpiredRegularly } from "./store/expiry.ts";
import { openStore } from "./store/open.ts";
import { userHandlers } from "./users/handlers.ts";
import { Webhook } from "./verification/delivery/webhook.ts";
import { verificationHandlers } from "./verification/handlers.ts";
import { noMetrics, registerVerificationMetrics } from "./verification/metrics.ts";
import { packageVersion } from "./version.ts";

/** The server, put together but not listening. Closing `http` closes everything. */
export interface App {
  readonly http: FastifyInstance;
  /** To be begun some time before `http` is closed, where something has to learn that it will be. */
  readonly drain: Drain;
  /** What secrets are encrypted by, whose keys may be exchanged. */
  readonly cipher: SecretCipher;
  /** Absent where METRICS_PORT is not set. */
  readonly metrics: Metrics | undefined;
  /** Absent where ISSUER is set. */
  readonly developmentIssuer: DevelopmentIssuer | undefined;
}

const bodyLimit = 64 * 1024;
const requestTimeout = 30_000;
const headersTimeout = 10_000;
/** How often those two are looked at; Node's own 30 s would make of 10 s up to 40. */
const connectionsCheckingInterval = 1_000;
/** In a path every character of an id may be percent-encoded. */
const maxParamLength = 4096;
/** The contract reads a query itself, by its parameters' styles: Fastify need not read it too. */
const querystringParser = () => ({});
/** The contract describes every route that has anything to check: Fastify need not load its own Ajv and serializer. */
const compileNoSchema = () => {
  throw new Error("Routes have no schemas of their own: describe the operation in the contract.");
};

/** What no environment variable can ask for. */
export interface AppOptions {
  /** The issuer of a mock, in the place of the configured one. */
  readonly ownIssuer?: DevelopmentIssuer;
  /** For the mock alone: a code that is always right, with which all codes are returned to whoever asks for one. */
  readonly testCode?: string;
}

/**
 * Puts the server together.
 *
 * @throws StoreOpenError, EncryptionKeyError, DecryptionError, ContractSetupError or Error, whose messages are one
 *   sentence each and say how to mend it
 */
export async function buildApp(
  config: Config,
  log: FastifyBaseLogger,
  { ownIssuer, testCode }: AppOptions = {},
): Promise<App> {
  const cipher = await openCipher(config);
  const store = await openStore(config.databaseUrl, {
    unknownUsers: config.unknownUsers,
    limits: config.methodLimits,
    auditKey: (settings) => openWrappedKey(settings, cipher, wrappedKeys.audit),
    onMigrated({ from, to }) {
      if (from === 0) log.info(`the database was made, with schema version ${to}`);
      else
        log.info(
          { from, to },
          `the schema of the database was at version ${from} and is now at version ${to}`,
        );
    },
  });
  const { issuer, keys, development } = await openIssuer(config, log, ownIssuer);
  const verifier = createTokenVerifier({ issuer, audience: config.audience, keys });
  const [secrets, challengeKey] = await Promise.all([
    openSecrets(store, cipher),
    openWrappedKey(store, cipher, wrappedKeys.challenge),
  ]);
  const now = strictlyIncreasingClock();

  const http: FastifyInstance = fastify({
    loggerInstance: log,
    logController: new RequestLog(explainRefusal),
    genReqId: requestId,
    bodyLimit,
    requestTimeout,
    http: { headersTimeout, connectionsCheckingInterval },
    routerOptions: { maxParamLength, querystringParser },
    schemaController: {
      compilersFactory: { buildValidator: compileNoSchema, buildSerializer: compileNoSchema },
    },
    trustProxy: config.trustProxy.length > 0 && [...config.trustProxy],
    frameworkErrors: sendFrameworkError,
  });
  const stopExpiry = removeExpiredRegularly(store, config.auditRetentionDays, (error) => {
    log.warn({ err: error }, "what has expired could not be removed");
  });
  const closeGracefully = trackConnections(http.server);
  http.addHook("preClose", (done) => {
    closeGracefully();
    done();
  });
  http.addHook("onClose", async () => {
    keys.close();
    await stopExpiry();
    await store.close();
  });

  const metrics =
    config.metricsPort === undefined ? undefined : await registerApiMetrics(http, { cipher, keys, store });
  if (config.tracing) await (await import("./http/tracing.ts")).registerTracing(http);
  const storeLog = new StoreLog(log, () => store.ping());
  registerErrorHandler(http, storeLog);
  http.addHook("onResponse", (request, reply, done) => {
    if (reply.statusCode < 400 && request.routeOptions.config.operationId !== undefined) storeLog.answered();
    done();
  });
  registerSecurityHeaders(http);
  const drain = registerDrain(http);
  if (config.trustProxy.length === 0) registerForwardedForWarning(http);
  await registerCors(http, config.corsOrigins);
  if (config.rateLimit !== undefined) {
    const limiter = await openRateLimiter(config.rateLimit, config.redisUrl, log);
    http.addHook("onClose", async () => limiter.close());
    registerRateLimit(http, { ...config.rateLimit, keyOf: clientKey(verifier), limiter });
  }
  registerHealth(http, {
    drain,
    async ready() {
      if (!keys.available) throw new Error("No key of the issuer is known yet, so no token can be verified.");
      await store.ping();
      storeLog.regained();
    },
  });
  registerContractDocument(http, document);
  registerVersion(http, { version: packageVersion(), contract: document.info.version });
  registerDocs(http, {
    directory: new URL("../generated/docs/", import.meta.url),
    settings: settingsForSamples({
      baseUrl: "../api/v2",
      issuer,
      audience: config.audience,
      hasDevelopmentIssuer: development !== undefined,
    }),
  });
  if (development !== undefined) registerDevelopmentIssuer(http, development);

  registerFormParser(http);
  await registerContract<operations, Principal>(http, {
    document,
    handlers: {
      ...authenticationMethodHandlers({ store, secrets, now }),
      ...userHandlers(store, now),
      ...verificationHandlers({
        store,
        secrets,
        challengeKey,
        limits: config.methodLimits,
        delivery: config.deliveryWebhook && new Webhook(config.deliveryWebhook),
        metrics: metrics === undefined ? noMetrics : await registerVerificationMetrics(metrics.registry),
        now,
        testCode,
      }),
      ...auditHandlers(store),
    },
    securityHandlers: {
      bearerAuth: createBearerHandler(verifier),
      ownUserAuth: createOwnUserHandler(verifier),
    },
    prefix: "/api/v2",
    formats,
    // Clients in use send `{}` with every DELETE.
    ignoreDeleteContent: true,
    ...(config.production && {
      onResponseViolation: (error, request) => {
        request.log.error({ err: error }, "an answer broke the contract");
        metrics?.contractViolation(error.operationId);
      },
    }),
  });
  return { http, drain, cipher, metrics, developmentIssuer: development };
}
