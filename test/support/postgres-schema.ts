import postgres from "postgres";
import { onTestFinished } from "vitest";
import { afterFile } from "./after-file.ts";
import { createDatabase } from "./postgres.ts";

let database: Promise<{ url: string; sql: postgres.Sql; drop(): Promise<void> }> | undefined;
let schemas = 0;
const schemaOf = new Map<string, Promise<string>>();

/** This test file's database, with a connection for all that prepares it. */
async function openDatabase() {
  afterFile(async () => {
    const opened = database;
    database = undefined;
    schemaOf.clear();
    await (await opened)?.drop();
  });
  const { url, drop } = await createDatabase();
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  return {
    url,
    sql,
    async drop() {
      await sql.end();
      await drop();
    },
  };
}

/** An empty schema in this test file's database: a database for each test would take most of the time. */
export async function createSchema(): Promise<{ url: string; drop(): Promise<void> }> {
  database ??= openDatabase();
  const { url, sql } = await database;
  schemas += 1;
  const schema = `test_${schemas}`;
  await sql`CREATE SCHEMA ${sql(schema)}`;
  return {
    url: `${url}?search_path=${schema}`,
    async drop() {
      await sql`DROP SCHEMA ${sql(schema)} CASCADE`;
    },
  };
}

/** One that is gone when the test is finished; gives its URL. */
export async function temporarySchema(): Promise<string> {
  const { url, drop } = await createSchema();
  onTestFinished(drop);
  return url;
}

/** The same one for the same name, gone with the test file's database; gives its URL. */
export function schemaNamed(name: string): Promise<string> {
  const known = schemaOf.get(name);
  if (known !== undefined) return known;
  const created = createSchema().then(({ url }) => url);
  schemaOf.set(name, created);
  return created;
}
