import timers from "node:timers/promises";
import DataLoader from "dataloader";
import { StoreUnavailableError } from "../errors.ts";
import type {
  GetMethodOutcome,
  ListMethodsOutcome,
  ListUsersOutcome,
  MethodRecord,
  StoreOptions,
  UsedMethod,
  UserPage,
  UserRecord,
} from "../store.ts";
import type { MethodKey } from "../tables.ts";
import { ConnectionPool, type Sql } from "./connection.ts";
import { loadMethods } from "./load.ts";
import type { Primary } from "./primary.ts";
import { methodColumns, userColumns } from "./statements.ts";

/** Connections that reads are sent on; each takes many statements at a time, one behind the other. */
const readConnections = 4;

/** Nothing is kept: every read sees all that is committed when it runs. */
const batching = { cache: false, maxBatchSize: 128, batchScheduleFn: setImmediate };

/** What a write may touch. */
const tables = [
  "users",
  "authentication_methods",
  "credentials",
  "idempotent_answers",
  "settings",
  "method_states",
  "authentication_challenges",
  "audit_events",
  "audit_chains",
];

interface Page {
  readonly userId: string;
  readonly offset: number;
  readonly limit: number;
}

/** What `Store` promises of reads. Those of one event-loop turn and kind are one statement. */
export class ReadQueue {
  readonly #pool: ConnectionPool;
  readonly #acceptsUnknownUsers: boolean;
  readonly #users = new DataLoader((ids: readonly string[]) => this.#readUsers(ids), batching);
  readonly #methods = new DataLoader((keys: readonly MethodKey[]) => this.#readMethods(keys), batching);
  readonly #credentials = new DataLoader((ids: readonly string[]) => this.#readCredentials(ids), batching);
  readonly #pages = new DataLoader((pages: readonly Page[]) => this.#readPages(pages), batching);

  constructor(primary: Primary, { unknownUsers }: Pick<StoreOptions, "unknownUsers">) {
    this.#pool = new ConnectionPool(primary, readConnections);
    this.#acceptsUnknownUsers = unknownUsers === "accept";
  }

  user(id: string): Promise<UserRecord | undefined> {
    return this.#users.load(id);
  }

  /** In the order of the bytes of their ids, whatever the database's collation, as on SQLite. */
  async users({ offset, limit, withTotal }: UserPage): Promise<ListUsersOutcome> {
    const [users, counted] = await this.#pool.run((sql) =>
      Promise.all([
        sql<UserRecord[]>`
          SELECT ${userColumns(sql)} FROM users ORDER BY id COLLATE "C" LIMIT ${limit} OFFSET ${offset}`,
        withTotal ? sql<{ count: number }[]>`SELECT count(*)::int AS count FROM users` : undefined,
      ]),
    );
    return { users: users.map((user) => ({ ...user })), total: counted?.[0]?.count };
  }

  list(userId: string, offset: number, limit: number): Promise<ListMethodsOutcome> {
    return this.#pages.load({ userId, offset, limit });
  }

  method(userId: string, id: string): Promise<GetMethodOutcome> {
    return this.#methods.load({ userId, id });
  }

  credential(id: string): Promise<MethodRecord | undefined> {
    return this.#credentials.load(id);
  }

  /** For what is asked too seldom to be gathered. */
  run<Result>(work: (sql: Sql) => Promise<Result>): Promise<Result> {
    return this.#pool.run(work);
  }

  async ping(): Promise<void> {
    const [server] = await this.#pool.run(
      (sql) => sql<{ recovering: boolean; allowed: boolean }[]>`
        SELECT pg_is_in_recovery() AS recovering,
          bool_and(has_table_privilege(name, 'INSERT')) AS allowed
        FROM unnest(${tables}::text[]) AS name, (SELECT count(*) FROM (SELECT FROM settings LIMIT 1) AS setting) AS look`,
    );
    if (server?.recovering) {
      throw new StoreUnavailableError(
        "PostgreSQL takes no writes, as a standby does: name the primary in DATABASE_URL, or promote it.",
      );
    }
    if (!server?.allowed) {
      throw new StoreUnavailableError(
        "The user in DATABASE_URL may not write: grant it what docs/postgresql.md lists.",
      );
    }
  }

  /** Resolves when every read so far is settled and the connections are closed. */
  async close(): Promise<void> {
    // Those of this event-loop turn have not been sent yet.
    await timers.setImmediate();
    await this.#pool.close();
  }

  async #readUsers(ids: readonly string[]): Promise<(UserRecord | undefined)[]> {
    const users = await this.#pool.run(
      (sql) => sql<UserRecord[]>`
        SELECT ${userColumns(sql)} FROM users WHERE id = ANY(${ids}::text[])`,
    );
    const byId = new Map(users.map((user) => [user.id, { ...user }]));
    return ids.map((id) => byId.get(id));
  }

  async #readMethods(keys: readonly MethodKey[]): Promise<GetMethodOutcome[]> {
    const [methods, knownUsers, lastUses] = await this.#pool.run((sql) =>
      Promise.all([loadMethods(sql, keys), this.#knownUsers(sql, keys), readLastUses(sql, keys)]),
    );
    const byKey = new Map(methods.map((method) => [keyText(method), withLastUse(method, lastUses)]));
    return keys.map((key) => {
      const method = byKey.get(keyText(key));
      if (method !== undefined) return { outcome: "found", method };
      return { outcome: knownUsers.has(key.userId) ? "unknown-method" : "unknown-user" };
    });
  }

  /** Users have few methods: to read all and sort them here costs less than a subquery for each page. */
  async #readPages(pages: readonly Page[]): Promise<ListMethodsOutcome[]> {
    const [methods, knownUsers, lastUses] = await this.#pool.run((sql) =>
      Promise.all([
        sql<MethodRecord[]>`
          SELECT ${methodColumns(sql)} FROM authentication_methods
          WHERE user_id = ANY(${pages.map(({ userId }) => userId)}::text[])`,
        this.#knownUsers(sql, pages),
        readLastUses(sql, pages),
      ]),
    );
    const byUser = Map.groupBy(methods, ({ userId }) => userId);
    for (const ofUser of byUser.values()) ofUser.sort(byCreation);
    return pages.map(({ userId, offset, limit }) => {
      const all = byUser.get(userId) ?? [];
      if (all.length === 0 && !knownUsers.has(userId)) return { outcome: "unknown-user" };
      const page = all.slice(offset, offset + limit).map((method) => withLastUse(method, lastUses));
      return { outcome: "found", methods: page, total: all.length };
    });
  }

  async #readCredentials(ids: readonly string[]): Promise<(MethodRecord | undefined)[]> {
    const methods = await this.#pool.run(
      (sql) => sql<MethodRecord[]>`
        SELECT ${methodColumns(sql)} FROM authentication_methods WHERE (user_id, id) IN (
          SELECT user_id, method_id FROM credentials WHERE credential_id = ANY(${ids}::text[])
        )`,
    );
    const byCredential = new Map(methods.map((method) => [method.credentialId, method]));
    return ids.map((id) => byCredential.get(id));
  }

  async #knownUsers(sql: Sql, keys: readonly { readonly userId: string }[]): Promise<ReadonlySet<string>> {
    const ids = keys.map(({ userId }) => userId);
    if (this.#acceptsUnknownUsers) return new Set(ids);
    const users = await sql<{ id: string }[]>`SELECT id FROM users WHERE id = ANY(${ids}::text[])`;
    return new Set(users.map(({ id }) => id));
  }
}

function keyText({ userId, id }: MethodKey): string {
  return JSON.stringify([userId, id]);
}

/** When methods of these users were last used, by their keys. */
async function readLastUses(
  sql: Sql,
  keys: readonly { readonly userId: string }[],
): Promise<ReadonlyMap<string, number>> {
  const uses = await sql<{ userId: string; id: string; lastAuthAt: number }[]>`
    SELECT user_id AS "userId", method_id AS id, last_auth_at AS "lastAuthAt" FROM method_states
    WHERE user_id = ANY(${keys.map(({ userId }) => userId)}::text[]) AND last_auth_at IS NOT NULL`;
  return new Map(uses.map((use) => [keyText(use), use.lastAuthAt]));
}

function withLastUse(method: MethodRecord, lastUses: ReadonlyMap<string, number>): UsedMethod {
  const lastAuthAt = lastUses.get(keyText(method));
  return lastAuthAt === undefined ? method : { ...method, lastAuthAt };
}

function byCreation(one: MethodRecord, other: MethodRecord): number {
  return one.createdAt - other.createdAt || (one.id < other.id ? -1 : 1);
}
