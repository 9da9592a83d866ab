import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { onTestFinished } from "vitest";
import document from "../../generated/openapi.json" with { type: "json" };
import { type App, buildApp } from "../../server/app.ts";
import { readConfig } from "../../server/config/config.ts";
import { allScopes } from "../../server/security/scopes.ts";
import "./compiled-rules.ts";
import { send } from "./send.ts";
import { databaseUrl } from "./test-database.ts";

/** What a test sends. */
export interface Call {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The token's scopes; all where absent. */
  readonly scopes?: readonly string[];
  readonly subject?: string;
}

/** What came back, its body parsed where it is JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the answer holds and asserts it
  readonly body: any;
}

/** A real server on a port of its own, gone when the test is finished. */
export interface TestServer {
  readonly app: App;
  readonly origin: string;
  readonly folder: string;
  /** Every line it logged. */
  readonly log: readonly string[];
  token(scopes?: readonly string[], subject?: string): Promise<string>;
  call(path: string, call?: Call): Promise<Answer>;
  close(): Promise<void>;
}

/** Masked answers are the rule; a test that wants full ones says so. */
export const maskedScopes = allScopes(document).filter((scope) => !scope.endsWith("unmasked"));

/** Starts a server on an empty database, configured by `env` on top of the defaults. */
export async function startServer(env: Readonly<Record<string, string>> = {}): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), "server-"));
  const server = await startServerIn(folder, env);
  onTestFinished(async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });
  return server;
}

/** Starts a server on the database in `folder`; the caller closes it. */
export async function startServerIn(
  folder: string,
  { DATABASE_URL, ...env }: Readonly<Record<string, string>> = {},
): Promise<TestServer> {
  const log: string[] = [];
  const config = readConfig({
    DATABASE_URL: "sqlite::memory:",
    // What every answer tells of the rate limit is part of the contract; no test comes near this one.
    RATE_LIMIT: "1000000000/1",
    // With an issuer of its own a server makes no key up.
    ...(env.ISSUER !== undefined && { ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 1).toString("base64")}` }),
    ...env,
  });
  const logger = pino({ level: config.logLevel }, { write: (line: string) => log.push(line) });
  // Keys and issuer are those of development on PostgreSQL, too, where a configuration would ask for real ones.
  const app = await buildApp(
    { ...config, databaseUrl: DATABASE_URL ?? (await databaseUrl(folder)), dataFolder: folder },
    logger,
  );
  await app.http.listen({ host: "127.0.0.1", port: 0 });
  const origin = `http://127.0.0.1:${(app.http.server.address() as AddressInfo).port}`;

  const token = async (scopes: readonly string[] = maskedScopes, subject = "test") => {
    if (app.developmentIssuer === undefined) throw new Error("this server has another issuer");
    return app.developmentIssuer.sign({ subject, scopes, expiresIn: 60 });
  };
  return {
    app,
    origin,
    folder,
    log,
    token,
    async call(path, { scopes, subject, ...call } = {}) {
      return send(origin, path, await token(scopes, subject), call);
    },
    close: () => app.http.close(),
  };
}
