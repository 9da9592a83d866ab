import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import type { Config } from "../config/config.ts";
import { fetchKeySet } from "../security/issuer-metadata.ts";
import { importVerificationKeys } from "../security/verification-keys.ts";
import { locateDatabase } from "../store/database-url.ts";

/** What was tried, and what is wrong with it; nothing is changed by the look. */
export interface Finding {
  readonly what: string;
  /** Absent where it answers. */
  readonly problem: string | undefined;
}

const timeoutMilliseconds = 5_000;

export function checkDatabase(databaseUrl: string): Promise<Finding> {
  return finding("database", async () => {
    const location = locateDatabase(databaseUrl);
    if (location.engine === "sqlite") return readSqlite(location.path);
    const { default: postgres } = await import("postgres");
    const sql = postgres(location.url, { max: 1, connect_timeout: timeoutMilliseconds / 1_000 });
    try {
      await sql`SELECT 1`;
    } finally {
      await sql.end({ timeout: 0 });
    }
  });
}

export function checkIssuer({ issuer, jwksUri }: Pick<Config, "issuer" | "jwksUri">): Promise<Finding> {
  return finding("issuer", async () => {
    if (issuer === undefined) return;
    const signal = AbortSignal.timeout(timeoutMilliseconds);
    const keys = await importVerificationKeys(await fetchKeySet(issuer, jwksUri, { fetch, signal }));
    if (keys.length === 0) throw new Error("its key set has no key that can verify a token");
  });
}

export function checkRedis(redisUrl: string | undefined): Promise<Finding> {
  return finding("Redis", async () => {
    if (redisUrl === undefined) return;
    const { Redis } = await import("ioredis");
    const client = new Redis(redisUrl, {
      lazyConnect: true,
      connectTimeout: timeoutMilliseconds,
      commandTimeout: timeoutMilliseconds,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
    });
    client.on("error", () => undefined);
    try {
      await client.connect();
      await client.ping();
    } finally {
      client.disconnect();
    }
  });
}

/** A file that is not there is made by the first start. */
function readSqlite(path: string): void {
  if (path === ":memory:" || !existsSync(path)) return;
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    database.prepare("SELECT count(*) FROM sqlite_schema").get();
  } finally {
    database.close();
  }
}

async function finding(what: string, look: () => Promise<void>): Promise<Finding> {
  try {
    await look();
    return { what, problem: undefined };
  } catch (error) {
    const { message, code, cause } = error as NodeJS.ErrnoException & { cause?: Error };
    return { what, problem: cause?.message || message || String(code) };
  }
}
