import { StoreOpenError } from "../errors.ts";
import type {
  AnswerKey,
  Counts,
  Maintenance,
  MethodKey,
  Replacement,
  Setting,
  UserKey,
} from "../maintenance.ts";
import type { IdempotentAnswer, MethodRecord, UserRecord } from "../store.ts";
import { openConnections, type Sql } from "./connection-pool.ts";
import { migratePostgres } from "./migrate.ts";
import { toOpenError } from "./open-errors.ts";
import { isConflict, toStoreError } from "./sqlstates.ts";

/** How often a write is done again that has met one of a server's in the other order. */
const ATTEMPTS = 5;

type Transaction = Parameters<Parameters<Sql["begin"]>[1]>[0];

/** `Maintenance` of a PostgreSQL database, which servers may be using at the same time. */
export class PostgresMaintenance implements Maintenance {
  readonly #sql: Sql;

  /** @param url of a database whose schema is up to date */
  constructor(url: string) {
    this.#sql = openConnections(url, 1);
  }

  async usersAfter(key: UserKey | undefined, limit: number): Promise<readonly UserRecord[]> {
    // No id is the empty text, so all come after it.
    const rows = await this.#read(
      (sql) => sql<UserRecord[]>`
        SELECT id, connection, email, name, created_at AS "createdAt"
        FROM users WHERE id > ${key?.id ?? ""} ORDER BY id LIMIT ${limit}::bigint`,
    );
    return [...rows];
  }

  async methodsAfter(key: MethodKey | undefined, limit: number): Promise<readonly MethodRecord[]> {
    const rows = await this.#read(
      (sql) => sql<MethodRecord[]>`
        SELECT user_id AS "userId", id, type, created_at AS "createdAt", attributes,
          encrypted_secret AS "encryptedSecret", unique_value AS "uniqueValue", credential_id AS "credentialId"
        FROM authentication_methods WHERE (user_id, id) > (${key?.userId ?? ""}, ${key?.id ?? ""})
        ORDER BY user_id, id LIMIT ${limit}::bigint`,
    );
    return [...rows];
  }

  async answersAfter(
    key: AnswerKey | undefined,
    limit: number,
    now: number,
  ): Promise<readonly IdempotentAnswer[]> {
    const rows = await this.#read(
      (sql) => sql<IdempotentAnswer[]>`
        SELECT scope, key, payload_hash AS "payloadHash", encrypted_answer AS "encryptedAnswer",
          expires_at AS "expiresAt"
        FROM idempotent_answers
        WHERE (scope, key) > (${key?.scope ?? ""}, ${key?.key ?? ""}) AND expires_at > ${now}::bigint
        ORDER BY scope, key LIMIT ${limit}::bigint`,
    );
    return [...rows];
  }

  async settings(): Promise<readonly Setting[]> {
    return [...(await this.#read((sql) => sql<Setting[]>`SELECT name, value FROM settings ORDER BY name`))];
  }

  async lastUser(): Promise<UserKey | undefined> {
    const [row] = await this.#read((sql) => sql<UserKey[]>`SELECT id FROM users ORDER BY id DESC LIMIT 1`);
    return row;
  }

  async lastMethod(): Promise<MethodKey | undefined> {
    const [row] = await this.#read(
      (sql) => sql<MethodKey[]>`
        SELECT user_id AS "userId", id FROM authentication_methods ORDER BY user_id DESC, id DESC LIMIT 1`,
    );
    return row;
  }

  async counts(): Promise<Counts> {
    const [row] = await this.#read(
      (sql) => sql<Counts[]>`
        SELECT (SELECT count(*) FROM users) AS users, (SELECT count(*) FROM authentication_methods) AS methods,
          (SELECT count(*) FROM credentials) AS credentials, (SELECT count(*) FROM idempotent_answers) AS answers,
          (SELECT count(*) FROM settings) AS settings`,
    );
    if (row === undefined) throw new Error("count(*) gave no row");
    return row;
  }

  async putUsers(users: readonly UserRecord[]): Promise<void> {
    await this.#write((sql) => [
      sql`
        INSERT INTO users (id, connection, email, name, created_at)
        SELECT * FROM unnest(
          ${users.map(({ id }) => id)}::text[],
          ${users.map(({ connection }) => connection)}::text[],
          ${users.map(({ email }) => email)}::text[],
          ${users.map(({ name }) => name)}::text[],
          ${users.map(({ createdAt }) => createdAt)}::bigint[]
        ) ON CONFLICT DO NOTHING`,
    ]);
  }

  async putMethods(methods: readonly MethodRecord[]): Promise<void> {
    const claims = methods.filter(({ credentialId }) => credentialId !== null);
    await this.#write((sql) => [
      sql`
        INSERT INTO credentials (credential_id, user_id, method_id)
        SELECT * FROM unnest(
          ${claims.map(({ credentialId }) => credentialId)}::text[],
          ${claims.map(({ userId }) => userId)}::text[],
          ${claims.map(({ id }) => id)}::text[]
        ) AS claim (credential_id, user_id, method_id) ORDER BY credential_id ON CONFLICT DO NOTHING`,
      sql`
        INSERT INTO authentication_methods
          (user_id, id, type, created_at, unique_value, credential_id, encrypted_secret, attributes)
        SELECT user_id, id, type, created_at, unique_value, credential_id, encrypted_secret, attributes::json
        FROM unnest(
          ${methods.map(({ userId }) => userId)}::text[],
          ${methods.map(({ id }) => id)}::text[],
          ${methods.map(({ type }) => type)}::text[],
          ${methods.map(({ createdAt }) => createdAt)}::bigint[],
          ${methods.map(({ uniqueValue }) => uniqueValue)}::text[],
          ${methods.map(({ credentialId }) => credentialId)}::text[],
          ${methods.map(({ encryptedSecret }) => encryptedSecret)}::text[],
          ${methods.map(({ attributes }) => JSON.stringify(attributes))}::text[]
        ) AS method (user_id, id, type, created_at, unique_value, credential_id, encrypted_secret, attributes)
        WHERE credential_id IS NULL OR EXISTS (
          SELECT FROM credentials AS claim
          WHERE claim.credential_id = method.credential_id
            AND claim.user_id = method.user_id AND claim.method_id = method.id
        ) ON CONFLICT DO NOTHING`,
    ]);
  }

  async putAnswers(answers: readonly IdempotentAnswer[]): Promise<void> {
    await this.#write((sql) => [
      sql`
        INSERT INTO idempotent_answers (scope, key, payload_hash, encrypted_answer, expires_at)
        SELECT * FROM unnest(
          ${answers.map(({ scope }) => scope)}::text[],
          ${answers.map(({ key }) => key)}::text[],
          ${answers.map(({ payloadHash }) => payloadHash)}::text[],
          ${answers.map(({ encryptedAnswer }) => encryptedAnswer)}::text[],
          ${answers.map(({ expiresAt }) => expiresAt)}::bigint[]
        ) ON CONFLICT DO NOTHING`,
    ]);
  }

  async putSettings(settings: readonly Setting[]): Promise<void> {
    await this.#write((sql) => [
      sql`
        INSERT INTO settings (name, value)
        SELECT * FROM unnest(
          ${settings.map(({ name }) => name)}::text[], ${settings.map(({ value }) => value)}::text[]
        ) ON CONFLICT DO NOTHING`,
    ]);
  }

  async replaceSecrets(replacements: readonly Replacement<MethodKey>[]): Promise<number> {
    return this.#write((sql) => [
      sql`
        UPDATE authentication_methods AS method SET encrypted_secret = next.value
        FROM unnest(
          ${replacements.map(({ key }) => key.userId)}::text[],
          ${replacements.map(({ key }) => key.id)}::text[],
          ${replacements.map(({ from }) => from)}::text[],
          ${replacements.map(({ to }) => to)}::text[]
        ) AS next (user_id, id, kept, value)
        WHERE method.user_id = next.user_id AND method.id = next.id AND method.encrypted_secret = next.kept`,
    ]);
  }

  async replaceAnswers(replacements: readonly Replacement<AnswerKey>[]): Promise<number> {
    return this.#write((sql) => [
      sql`
        UPDATE idempotent_answers AS answer SET encrypted_answer = next.value
        FROM unnest(
          ${replacements.map(({ key }) => key.scope)}::text[],
          ${replacements.map(({ key }) => key.key)}::text[],
          ${replacements.map(({ from }) => from)}::text[],
          ${replacements.map(({ to }) => to)}::text[]
        ) AS next (scope, key, kept, value)
        WHERE answer.scope = next.scope AND answer.key = next.key AND answer.encrypted_answer = next.kept`,
    ]);
  }

  async replaceSettings(replacements: readonly Replacement<Pick<Setting, "name">>[]): Promise<number> {
    return this.#write((sql) => [
      sql`
        UPDATE settings AS setting SET value = next.value
        FROM unnest(
          ${replacements.map(({ key }) => key.name)}::text[],
          ${replacements.map(({ from }) => from)}::text[],
          ${replacements.map(({ to }) => to)}::text[]
        ) AS next (name, kept, value)
        WHERE setting.name = next.name AND setting.value = next.kept`,
    ]);
  }

  async close(): Promise<void> {
    await this.#sql.end();
  }

  #read<Rows>(query: (sql: Transaction) => Promise<Rows>): Promise<Rows> {
    return this.#transact("read only", async (sql) => query(sql));
  }

  /** Gives how many rows the last of the statements wrote. */
  #write(
    statements: (sql: Transaction) => readonly PromiseLike<{ readonly count: number }>[],
  ): Promise<number> {
    return this.#transact("read write", async (sql) => {
      const results = await Promise.all(statements(sql));
      return results.at(-1)?.count ?? 0;
    });
  }

  /** What reads or writes a whole table may take longer than a request may. */
  async #transact<Result>(
    mode: "read only" | "read write",
    work: (sql: Transaction) => Promise<Result>,
  ): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return (await this.#sql.begin(mode, async (sql) => {
          const [, result] = await Promise.all([
            sql`SELECT set_config('statement_timeout', '0', true)`,
            work(sql),
          ]);
          return result;
        })) as Result;
      } catch (error) {
        if (!isConflict(error) || attempt === ATTEMPTS) throw toStoreError(error);
      }
    }
  }
}

/**
 * Opens the PostgreSQL database that `url` names and brings its schema up to date.
 *
 * @param whenMissing whether a database that holds nothing of a server gets the schema, or is refused
 * @throws StoreOpenError
 */
export async function openPostgresMaintenance(
  url: string,
  whenMissing: "create" | "refuse",
): Promise<Maintenance> {
  if (whenMissing === "refuse") await insistOnSchema(url);
  await migratePostgres(url);
  return new PostgresMaintenance(url);
}

async function insistOnSchema(url: string): Promise<void> {
  let sql: Sql | undefined;
  try {
    sql = openConnections(url, 1);
    const [table] = await sql<{ exists: boolean }[]>`
      SELECT to_regclass('schema_migrations') IS NOT NULL AS exists`;
    if (table?.exists === true) return;
    throw new StoreOpenError(
      "The database in DATABASE_URL holds nothing yet: name the database of a server.",
    );
  } catch (error) {
    throw toOpenError(error);
  } finally {
    await sql?.end({ timeout: 1 });
  }
}
