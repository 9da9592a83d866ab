import { randomBytes } from "node:crypto";
import postgres from "postgres";
import { inject } from "vitest";

/** An empty PostgreSQL database of a test's own. */
export interface PostgresDatabase {
  readonly url: string;
  /** Removes it, whoever is still connected. */
  drop(): Promise<void>;
}

/** Creates one on the run's PostgreSQL, which starts when the first test asks. */
export async function createDatabase(): Promise<PostgresDatabase> {
  const serverUrl = await postgresUrl();
  const name = `test_${randomBytes(8).toString("hex")}`;
  await execute(serverUrl, `CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = name;
  return {
    url: url.href,
    async drop() {
      await execute(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

/** Runs SQL on the database of `url` over a connection of its own; several statements are one transaction. */
export async function execute(url: string, sql: string): Promise<readonly postgres.Row[]> {
  const connection = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return [...(await connection.unsafe(sql))];
  } finally {
    await connection.end();
  }
}

async function postgresUrl(): Promise<string> {
  const response = await fetch(inject("postgresDoor"));
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text;
}
