import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ConfigError, readConfig } from "../../../server/config/config.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

test("has a default for everything in development", () => {
  expect(readConfig({ PORT: "" })).toMatchObject({
    production: false,
    host: "127.0.0.1",
    port: 3000,
    databaseUrl: "sqlite:./data/authentication-methods.sqlite",
    dataFolder: "./data",
    issuer: undefined,
    audience: "http://127.0.0.1:3000/api/v2/",
    unknownUsers: "reject",
    auditRetentionDays: 400,
    methodLimits: { passkey: 20, phone: 10 },
    corsOrigins: [],
  });
});

test("reads every variable", () => {
  expect(
    readConfig({
      NODE_ENV: "production",
      HOST: "::1",
      PORT: "8080",
      DATABASE_URL: "sqlite:/var/lib/methods/db.sqlite",
      ISSUER: "https://id.example.com/",
      AUDIENCE: "https://api.example.com/api/v2/",
      JWKS_URI: "https://id.example.com/keys",
      ENCRYPTION_KEYS: "k1:secret",
      RATE_LIMIT: "off",
      UNKNOWN_USERS: "accept",
      METHOD_LIMITS: "passkey=5, phone=1",
      LOG_LEVEL: "warn",
      METRICS_PORT: "9100",
      METRICS_HOST: "0.0.0.0",
      DRAIN_SECONDS: "15",
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318",
      AUDIT_RETENTION: "30",
      ISSUER_KEYS_MAX_AGE_SECONDS: "900",
      CORS_ORIGINS: "https://a.example.com, https://b.example.com",
      TRUST_PROXY: "10.0.0.0/8, ::1, loopback",
      DELIVERY_WEBHOOK_URL: "https://codes.example.com/",
      DELIVERY_WEBHOOK_SECRET: `whsec_${"b".repeat(32)} whsec_${"a".repeat(32)}`,
    }),
  ).toEqual({
    production: true,
    host: "::1",
    port: 8080,
    origin: "http://[::1]:8080",
    databaseUrl: "sqlite:/var/lib/methods/db.sqlite",
    dataFolder: "/var/lib/methods",
    issuer: "https://id.example.com/",
    audience: "https://api.example.com/api/v2/",
    jwksUri: "https://id.example.com/keys",
    encryptionKeys: "k1:secret",
    rateLimit: undefined,
    unknownUsers: "accept",
    methodLimits: { passkey: 5, phone: 1, email: 10, totp: 10, "webauthn-roaming": 10 },
    logLevel: "warn",
    metricsPort: 9100,
    metricsHost: "0.0.0.0",
    drainSeconds: 15,
    tracing: true,
    auditRetentionDays: 30,
    issuerKeysMaxAgeSeconds: 900,
    encryptionKeysFile: undefined,
    corsOrigins: ["https://a.example.com", "https://b.example.com"],
    trustProxy: ["10.0.0.0/8", "::1", "loopback"],
    deliveryWebhook: {
      url: "https://codes.example.com/",
      secrets: [Buffer.from("b".repeat(32), "base64"), Buffer.from("a".repeat(32), "base64")],
    },
  });
});

test("tells everything that is wrong at once, and no value", () => {
  const env = {
    PORT: "80a",
    DATABASE_URL: "mysql://root:hunter2@host",
    LOG_LEVEL: "loud",
    UNKNOWN_USERS: "maybe",
    DELIVERY_WEBHOOK_SECRET: "whsec_hunter2",
  };
  let error: unknown;
  try {
    readConfig(env);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(ConfigError);
  const { message } = error as ConfigError;
  for (const name of Object.keys(env)) expect(message).toContain(name);
  expect(message).not.toContain("hunter2");
});

describe("refuses", () => {
  test.each([
    [
      "production without an issuer",
      { NODE_ENV: "production", ENCRYPTION_KEYS: "k:x" },
      /ISSUER must be set/,
    ],
    [
      "production without encryption keys",
      { NODE_ENV: "production", ISSUER: "https://id.example.com/", AUDIENCE: "a" },
      /ENCRYPTION_KEYS must be set/,
    ],
    [
      "production with nothing but white space for an issuer",
      { NODE_ENV: "production", ISSUER: " ", AUDIENCE: "a", ENCRYPTION_KEYS: "k:x" },
      /ISSUER must be set/,
    ],
    [
      "production with nothing but white space for encryption keys",
      { NODE_ENV: "production", ISSUER: "https://id.example.com/", AUDIENCE: "a", ENCRYPTION_KEYS: " " },
      /ENCRYPTION_KEYS must be set/,
    ],
    ["production from a file with Windows' line ends", { NODE_ENV: "production\r" }, /ISSUER must be set/],
    [
      "a development issuer in PRODUCTION",
      { NODE_ENV: "PRODUCTION" },
      /ISSUER must be set when NODE_ENV is production/,
    ],
    [
      "an environment by another name",
      { NODE_ENV: "prod" },
      /NODE_ENV must be development, test or production/,
    ],
    ["an environment that is misspelt", { NODE_ENV: "producton" }, /NODE_ENV must be/],
    ...["0.0.0.0", "::", "192.0.2.1", "localhost.example.com", "127.0.0.1.example.com", "128.0.0.1"].map(
      (host): [string, Record<string, string>, RegExp] => [
        `a development issuer and key on ${host}`,
        { HOST: host },
        /ISSUER must be set when HOST is no loopback address.*ENCRYPTION_KEYS must be set when HOST is no loopback/,
      ],
    ),
    [
      "a development issuer and key on PostgreSQL",
      { DATABASE_URL: "postgres://host/db" },
      /ISSUER must be set when DATABASE_URL is not SQLite.*ENCRYPTION_KEYS must be set when DATABASE_URL is/,
    ],
    [
      "a development key beside an issuer",
      { ISSUER: "https://id.example.com/", AUDIENCE: "a" },
      /^ENCRYPTION_KEYS must be set when ISSUER is set: /,
    ],
    [
      "a secret and its file",
      { ENCRYPTION_KEYS: "k:x", ENCRYPTION_KEYS_FILE: "/x" },
      /are both set: unset one/,
    ],
    [
      "a file that is not there",
      { DATABASE_URL_FILE: "/nonexistent/url" },
      /^DATABASE_URL_FILE names a file that cannot be read \(ENOENT\): let this user read \/nonexistent\/url\.$/,
    ],
    ["a file that is empty", { REDIS_URL_FILE: "/dev/null" }, /REDIS_URL_FILE names a file that is empty/],
    ["a drain of no number", { DRAIN_SECONDS: "1m" }, /DRAIN_SECONDS must be/],
    [
      "keys believed for a moment",
      { ISSUER_KEYS_MAX_AGE_SECONDS: "1" },
      /ISSUER_KEYS_MAX_AGE_SECONDS must be/,
    ],
    ["an issuer without an audience", { ISSUER: "https://id.example.com/" }, /AUDIENCE must be set/],
    ["an issuer that is no URL", { ISSUER: "example" }, /ISSUER must be an http/],
    ["a port too high", { PORT: "65536" }, /PORT must be/],
    ["a limit of nothing", { METHOD_LIMITS: "passkey=0" }, /METHOD_LIMITS must be/],
    ["a limit for an unknown type", { METHOD_LIMITS: "sms=1" }, /METHOD_LIMITS must be/],
    ["an origin with a path", { CORS_ORIGINS: "https://example.com/app" }, /CORS_ORIGINS must be/],
    ["a Redis of another scheme", { REDIS_URL: "http://cache:6379" }, /REDIS_URL must be redis:/],
    ["a Redis without a host", { REDIS_URL: "redis:" }, /REDIS_URL must be redis:/],
    ["a trusted proxy by its name", { TRUST_PROXY: "10.0.0.1, proxy.example.com" }, /TRUST_PROXY must be/],
    ["a network of no size", { TRUST_PROXY: "10.0.0.0/0" }, /TRUST_PROXY must be/],
    ["a rate without a window", { RATE_LIMIT: "100" }, /RATE_LIMIT must be/],
  ])("%s", (_what, env, message) => {
    expect(() => readConfig(env)).toThrow(message);
  });
});

test.each(["127.0.0.1", "127.8.9.1", "::1", "localhost", "0:0:0:0:0:0:0:1"])(
  "makes an issuer and a key up on %s",
  (host) => {
    expect(readConfig({ HOST: host })).toMatchObject({ issuer: undefined, encryptionKeys: undefined });
  },
);

test("asks a command only for what it needs", () => {
  const env = { NODE_ENV: "Production", DATABASE_URL: "postgres://host/db" };
  expect(readConfig(env, [])).toMatchObject({ production: true });
  expect(() => readConfig(env, ["keys"])).toThrow(/^ENCRYPTION_KEYS must be set/);
});

test("reads secrets from files, and a variable by that name that is none from nowhere", async () => {
  const folder = await temporaryFolder();
  const secrets = {
    ENCRYPTION_KEYS: "k:x",
    DATABASE_URL: "sqlite:./x/y.sqlite",
    REDIS_URL: "rediss://:p@cache",
  };
  const env: Record<string, string> = { HOST_FILE: "/nonexistent" };
  for (const [name, value] of Object.entries(secrets)) {
    env[`${name}_FILE`] = join(folder, name);
    await writeFile(join(folder, name), `${value}\n`);
  }
  expect(readConfig(env)).toMatchObject({
    host: "127.0.0.1",
    encryptionKeys: "k:x",
    encryptionKeysFile: join(folder, "ENCRYPTION_KEYS"),
    databaseUrl: "sqlite:./x/y.sqlite",
    redisUrl: "rediss://:p@cache",
  });
});

test("asks for the address of the webhook and its secret together", () => {
  const secret = `whsec_${"a".repeat(32)}`;
  for (const env of [
    { DELIVERY_WEBHOOK_URL: "https://codes.example.com/" },
    { DELIVERY_WEBHOOK_SECRET: secret },
  ])
    expect(() => readConfig(env)).toThrow(
      /DELIVERY_WEBHOOK_URL and DELIVERY_WEBHOOK_SECRET must be set together/,
    );
});
