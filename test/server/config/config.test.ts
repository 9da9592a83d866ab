import { describe, expect, test } from "vitest";
import { ConfigError, readConfig } from "../../../server/config/config.ts";

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
      CORS_ORIGINS: "https://a.example.com, https://b.example.com",
      TRUST_PROXY: "10.0.0.0/8, ::1, loopback",
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
    corsOrigins: ["https://a.example.com", "https://b.example.com"],
    trustProxy: ["10.0.0.0/8", "::1", "loopback"],
  });
});

test("tells everything that is wrong at once, and no value", () => {
  const env = {
    PORT: "80a",
    DATABASE_URL: "mysql://root:hunter2@host",
    LOG_LEVEL: "loud",
    UNKNOWN_USERS: "maybe",
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
