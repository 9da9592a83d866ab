import type {
  GetMethodOutcome,
  ListMethodsOutcome,
  MethodRecord,
  StoreOptions,
  UserRecord,
} from "../store.ts";
import { ConnectionPool, type Sql } from "./connection-pool.ts";

/** Connections that reads are sent on; each takes many reads at a time, one behind the other. */
const CONNECTIONS = 4;

/** A method of an outer join: all its columns are null where there is none. */
type OptionalMethod = MethodRecord | Record<keyof MethodRecord, null>;

/** What `Store` promises of reads: one statement each, which sees all that is committed when it runs. */
export class PostgresReads {
  readonly #pool: ConnectionPool;
  readonly #acceptsUnknownUsers: boolean;

  constructor(url: string, { unknownUsers }: StoreOptions) {
    this.#pool = new ConnectionPool(url, CONNECTIONS);
    this.#acceptsUnknownUsers = unknownUsers === "accept";
  }

  async user(id: string): Promise<UserRecord | undefined> {
    const [user] = await this.#pool.run(
      (sql) => sql<UserRecord[]>`
        SELECT id, connection, email, name, created_at AS "createdAt" FROM users WHERE id = ${id}`,
    );
    return user && { ...user };
  }

  async list(userId: string, offset: number, limit: number): Promise<ListMethodsOutcome> {
    const rows = await this.#pool.run(
      (sql) => sql<({ known: boolean; total: number } & OptionalMethod)[]>`
        SELECT known, total, page.*
        FROM (SELECT EXISTS (SELECT FROM users WHERE id = ${userId}) AS known) AS listed
        CROSS JOIN (SELECT count(*) AS total FROM authentication_methods WHERE user_id = ${userId}) AS counted
        LEFT JOIN (
          SELECT ${columns(sql)} FROM authentication_methods AS method WHERE user_id = ${userId}
          ORDER BY created_at, id LIMIT ${limit}::bigint OFFSET ${offset}::bigint
        ) AS page ON true
        ORDER BY page."createdAt", page.id`,
    );
    const [first] = rows;
    if (first === undefined || this.#isUnknown(first)) return { outcome: "unknown-user" };
    const methods = rows.map(toMethod).filter((method) => method !== undefined);
    return { outcome: "found", methods, total: first.total };
  }

  async method(userId: string, id: string): Promise<GetMethodOutcome> {
    const [row] = await this.#pool.run(
      (sql) => sql<({ known: boolean } & OptionalMethod)[]>`
        SELECT known, ${columns(sql)}
        FROM (SELECT EXISTS (SELECT FROM users WHERE id = ${userId}) AS known) AS wanted
        LEFT JOIN authentication_methods AS method ON method.user_id = ${userId} AND method.id = ${id}`,
    );
    if (row === undefined || this.#isUnknown(row)) return { outcome: "unknown-user" };
    const method = toMethod(row);
    return method === undefined ? { outcome: "unknown-method" } : { outcome: "found", method };
  }

  async ping(): Promise<void> {
    await this.#pool.run((sql) => sql`SELECT FROM settings LIMIT 1`);
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  #isUnknown({ known }: { readonly known: boolean }): boolean {
    return !known && !this.#acceptsUnknownUsers;
  }
}

function columns(sql: Sql) {
  return sql`
    method.user_id AS "userId", method.id, method.type, method.created_at AS "createdAt", method.attributes,
    method.encrypted_secret AS "encryptedSecret", method.unique_value AS "uniqueValue",
    method.credential_id AS "credentialId"`;
}

function toMethod(row: OptionalMethod): MethodRecord | undefined {
  if (row.userId === null) return undefined;
  const { userId, id, type, createdAt, attributes, encryptedSecret, uniqueValue, credentialId } = row;
  return { userId, id, type, createdAt, attributes, encryptedSecret, uniqueValue, credentialId };
}
