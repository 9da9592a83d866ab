import { DatabaseSync } from "node:sqlite";
import { locateDatabase } from "../../server/store/database-url.ts";
import { execute } from "./postgres.ts";

/** What a running server has read and goes on with: its keys, and where its chains of the audit trail end. */
const known = ["settings", "audit_chains"];

/**
 * Removes what has been written to a database, whoever has it open.
 *
 * @param kept the tables that stay as they are
 */
export async function emptyDatabase(databaseUrl: string, kept: readonly string[] = known): Promise<void> {
  const location = locateDatabase(databaseUrl);
  if (location.engine === "sqlite") emptyFile(location.path, kept);
  else await execute(location.url, emptySchema([...kept, "schema_migrations"]));
}

function emptyFile(path: string, kept: readonly string[]): void {
  const database = new DatabaseSync(path, { timeout: 5_000 });
  try {
    const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
    const deletes = tables
      .map(({ name }) => String(name))
      .filter((name) => !kept.includes(name))
      .map((name) => `DELETE FROM ${name};`);
    // What is removed from a database that is soon gone need not be so on the disk.
    database.exec(`PRAGMA synchronous = OFF; BEGIN IMMEDIATE; ${deletes.join(" ")} COMMIT`);
  } finally {
    database.close();
  }
}

/** In one round trip; the role of a server behind a pooler may write only where a transaction says so. */
function emptySchema(kept: readonly string[]): string {
  return `
    BEGIN READ WRITE;
    DO $$
    DECLARE name text;
    BEGIN
      FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema()
        AND tablename NOT IN (${kept.map((name) => `'${name}'`).join(", ")})
      LOOP EXECUTE format('DELETE FROM %I', name); END LOOP;
    END $$;
    COMMIT`;
}
