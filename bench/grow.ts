import { statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

/** How many users one transaction adds. */
const step = 20_000;

/**
 * Adds users to the database of a server that runs, each with a copy of every method of `template`, under the same
 * ids and with random credentials. The audit trail is left as it is: only who has its key can write to it.
 *
 * @param users how many there are to be, counted from the first that was ever added
 */
export function growTo(path: string, template: string, users: number): void {
  const database = new DatabaseSync(path, { timeout: 10_000 });
  try {
    database.exec("PRAGMA synchronous = OFF");
    const { last } = database
      .prepare("SELECT max(CAST(substr(id, 13) AS INTEGER)) AS last FROM users WHERE id GLOB 'auth0|grown-*'")
      .get() as { last: number | null };
    const numbers = "WITH RECURSIVE n(i) AS (SELECT ?1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)";
    const addUsers = database.prepare(`${numbers}
      INSERT INTO users (id, connection, created_at) SELECT 'auth0|grown-' || i, 'bench', i FROM n`);
    const addMethods = database.prepare(`${numbers}
      INSERT INTO authentication_methods
      SELECT 'auth0|grown-' || i, id, type, unique_value,
        CASE WHEN credential_id IS NULL THEN NULL ELSE lower(hex(randomblob(32))) END,
        created_at, encrypted_secret, attributes
      FROM n, (SELECT * FROM authentication_methods WHERE user_id = ?3)`);
    for (let first = (last ?? 0) + 1; first <= users; first += step) {
      const end = Math.min(first + step - 1, users);
      // SQLite takes a number of JavaScript for a REAL.
      database.exec("BEGIN IMMEDIATE");
      addUsers.run(BigInt(first), BigInt(end));
      addMethods.run(BigInt(first), BigInt(end), template);
      database.exec("COMMIT");
    }
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  } finally {
    database.close();
  }
}

/** What a database takes on the disk, its log aside, in bytes. */
export function sizeOf(path: string): number {
  return statSync(path).size;
}
