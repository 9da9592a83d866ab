import type { AuditChainRow } from "../../audit/chain.ts";
import type { AuditKey, AuditRow } from "../../audit/event.ts";
import type { IdempotentAnswer, MethodRecord, UserRecord } from "../../store.ts";
import type { AnswerKey, Counts, MethodKey, Replacement, Setting, Tables, UserKey } from "../../tables.ts";
import type { AnsweredChallenge, ChallengeKey, MethodState, StateKey } from "../../verification.ts";
import { openConnections, type Sql } from "../connection.ts";
import { loadStates } from "../load.ts";
import { migratePostgres } from "../migrate.ts";
import { primaryUrl } from "../primary.ts";
import {
  answerColumns,
  challengeColumns,
  insertAuditEvents,
  methodColumns,
  stateColumns,
  userColumns,
} from "../statements.ts";
import { putAuditChains, readAuditChains, readAuditEventsAfter, readAuditEventsOf } from "./audit.ts";
import { putAnswers, putChallenges, putMethods, putSettings, putStates, putUsers } from "./puts.ts";
import { replaceAnswers, replaceSecrets, replaceSettings } from "./replacements.ts";
import { type Statements, type Transaction, transact } from "./transaction.ts";

/** `Tables` of a PostgreSQL database, which servers may be using at the same time. */
export class PostgresTables implements Tables {
  readonly #sql: Sql;
  readonly #snapshot: Transaction | undefined;

  /**
   * @param sql of a database whose schema is up to date
   * @param snapshot the transaction that all is read in, where there is one
   */
  constructor(sql: Sql, snapshot?: Transaction) {
    this.#sql = sql;
    this.#snapshot = snapshot;
  }

  async usersAfter(key: UserKey | undefined, limit: number): Promise<readonly UserRecord[]> {
    // No id is the empty text, so all come after it.
    const rows = await this.#read(
      (sql) => sql<UserRecord[]>`
        SELECT ${userColumns(sql)} FROM users WHERE id > ${key?.id ?? ""} ORDER BY id LIMIT ${limit}::bigint`,
    );
    return [...rows];
  }

  async methodsAfter(key: MethodKey | undefined, limit: number): Promise<readonly MethodRecord[]> {
    const rows = await this.#read(
      (sql) => sql<MethodRecord[]>`
        SELECT ${methodColumns(sql)} FROM authentication_methods
        WHERE (user_id, id) > (${key?.userId ?? ""}, ${key?.id ?? ""})
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
        SELECT ${answerColumns(sql)} FROM idempotent_answers
        WHERE (scope, key) > (${key?.scope ?? ""}, ${key?.key ?? ""}) AND expires_at > ${now}::bigint AND method_id IS NOT NULL
        ORDER BY scope, key LIMIT ${limit}::bigint`,
    );
    return [...rows];
  }

  async settings(): Promise<readonly Setting[]> {
    return [...(await this.#read((sql) => sql<Setting[]>`SELECT name, value FROM settings ORDER BY name`))];
  }

  async statesAfter(key: StateKey | undefined, limit: number): Promise<readonly MethodState[]> {
    const rows = await this.#read(
      (sql) => sql<MethodState[]>`
        SELECT ${stateColumns(sql)} FROM method_states
        WHERE (user_id, method_id) > (${key?.userId ?? ""}, ${key?.methodId ?? ""})
        ORDER BY user_id, method_id LIMIT ${limit}::bigint`,
    );
    return [...rows];
  }

  async statesOf(keys: readonly StateKey[]): Promise<readonly MethodState[]> {
    return [...(await this.#read((sql) => loadStates(sql, keys)))];
  }

  async challengesAfter(
    key: ChallengeKey | undefined,
    limit: number,
    now: number,
  ): Promise<readonly AnsweredChallenge[]> {
    const rows = await this.#read(
      (sql) => sql<AnsweredChallenge[]>`
        SELECT ${challengeColumns(sql)} FROM authentication_challenges
        WHERE (user_id, id) > (${key?.userId ?? ""}, ${key?.id ?? ""}) AND expires_at > ${now}::bigint
        ORDER BY user_id, id LIMIT ${limit}::bigint`,
    );
    return [...rows];
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
          (SELECT count(*) FROM settings) AS settings, (SELECT count(*) FROM audit_events) AS events`,
    );
    if (row === undefined) throw new Error("count(*) gave no row");
    return row;
  }

  async putUsers(users: readonly UserRecord[]): Promise<void> {
    await this.#write((sql) => putUsers(sql, users));
  }

  async putMethods(methods: readonly MethodRecord[]): Promise<void> {
    await this.#write((sql) => putMethods(sql, methods));
  }

  async putAnswers(answers: readonly IdempotentAnswer[]): Promise<void> {
    await this.#write((sql) => putAnswers(sql, answers));
  }

  async putSettings(settings: readonly Setting[]): Promise<void> {
    await this.#write((sql) => putSettings(sql, settings));
  }

  async putStates(states: readonly MethodState[]): Promise<void> {
    await this.#write((sql) => putStates(sql, states));
  }

  async putChallenges(challenges: readonly AnsweredChallenge[]): Promise<void> {
    await this.#write((sql) => putChallenges(sql, challenges));
  }

  async replaceSecrets(replacements: readonly Replacement<MethodKey>[]): Promise<number> {
    return this.#write((sql) => replaceSecrets(sql, replacements));
  }

  async replaceAnswers(replacements: readonly Replacement<AnswerKey>[]): Promise<number> {
    return this.#write((sql) => replaceAnswers(sql, replacements));
  }

  async replaceSettings(replacements: readonly Replacement<Pick<Setting, "name">>[]): Promise<number> {
    return this.#write((sql) => replaceSettings(sql, replacements));
  }

  async auditChains(): Promise<readonly AuditChainRow[]> {
    return this.#read(readAuditChains);
  }

  async auditEventsOf(chainId: number, sequence: number, limit: number): Promise<readonly AuditRow[]> {
    return this.#read((sql) => readAuditEventsOf(sql, chainId, sequence, limit));
  }

  async auditEventsAfter(
    key: AuditKey | undefined,
    limit: number,
    selection: { readonly since: number; readonly userId: string | undefined },
  ): Promise<readonly AuditRow[]> {
    return this.#read((sql) => readAuditEventsAfter(sql, key, limit, selection));
  }

  async putAuditEvents(events: readonly AuditRow[]): Promise<void> {
    await this.#write((sql) => [sql`${insertAuditEvents(sql, events)} ON CONFLICT DO NOTHING`]);
  }

  async putAuditChains(chains: readonly AuditChainRow[]): Promise<void> {
    await this.#write((sql) => putAuditChains(sql, chains));
  }

  async inSnapshot<Result>(work: (tables: Tables) => Promise<Result>): Promise<Result> {
    return transact(this.#sql, "isolation level repeatable read read only", (sql) =>
      work(new PostgresTables(this.#sql, sql)),
    );
  }

  async close(): Promise<void> {
    await this.#sql.end();
  }

  #read<Rows>(query: (sql: Transaction) => Promise<Rows>): Promise<Rows> {
    return this.#snapshot === undefined ? transact(this.#sql, "read only", query) : query(this.#snapshot);
  }

  /** Gives how many rows the last of the statements wrote. */
  #write(statements: (sql: Transaction) => Statements): Promise<number> {
    return transact(this.#sql, "read write", async (sql) => {
      const results = await Promise.all(statements(sql));
      return results.at(-1)?.count ?? 0;
    });
  }
}

/**
 * Opens the PostgreSQL database that `url` names and brings its schema up to date.
 *
 * @param whenMissing whether a database that holds nothing of a server gets the schema, or is refused
 * @throws StoreOpenError
 */
export async function openPostgresTables(url: string, whenMissing: "create" | "refuse"): Promise<Tables> {
  await migratePostgres(url, { whenMissing });
  return new PostgresTables(openConnections(await primaryUrl(url), 1));
}
