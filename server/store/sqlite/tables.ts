import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { AuditChainRow } from "../audit/chain.ts";
import type { AuditKey, AuditRow } from "../audit/event.ts";
import type { IdempotentAnswer, MethodRecord, UserRecord } from "../store.ts";
import type { AnswerKey, Counts, MethodKey, Replacement, Setting, Tables, UserKey } from "../tables.ts";
import type { AnsweredChallenge, ChallengeKey, MethodState, StateKey } from "../verification.ts";
import { auditColumns, toId } from "./audit-columns.ts";
import { toStoreError } from "./errors.ts";
import { answerColumns } from "./rows/answers.ts";
import { challengeColumns, SqliteChallengeRows, toChallenge } from "./rows/challenges.ts";
import { columns, type MethodRow, toMethod } from "./rows/methods.ts";
import { SqliteSettingRows } from "./rows/settings.ts";
import { SqliteStateRows, stateColumns, toState } from "./rows/states.ts";
import { SqliteUserRows } from "./rows/users.ts";
import { Transaction } from "./transaction.ts";
import { WriteQueue } from "./writes.ts";

/** `Tables` of a SQLite file, which servers may have open at the same time. */
export class SqliteTables implements Tables {
  readonly #database: DatabaseSync;
  readonly #writes: WriteQueue;
  readonly #users: SqliteUserRows;
  readonly #settings: SqliteSettingRows;
  readonly #states: SqliteStateRows;
  readonly #challenges: SqliteChallengeRows;
  readonly #statements: Readonly<Record<keyof typeof sql, StatementSync>>;

  /** @param database as `connect` opens it; closed with this. */
  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#writes = new WriteQueue(new Transaction(database));
    this.#users = new SqliteUserRows(database);
    this.#settings = new SqliteSettingRows(database);
    this.#states = new SqliteStateRows(database);
    this.#challenges = new SqliteChallengeRows(database);
    this.#statements = Object.fromEntries(
      Object.entries(sql).map(([name, text]) => [name, database.prepare(text)]),
    ) as Record<keyof typeof sql, StatementSync>;
    this.#statements.methodsAfter.setReturnArrays(true);
  }

  async usersAfter(key: UserKey | undefined, limit: number): Promise<readonly UserRecord[]> {
    // No id is the empty text, so all come after it.
    return this.#all("usersAfter", key?.id ?? "", limit) as unknown as UserRecord[];
  }

  async methodsAfter(key: MethodKey | undefined, limit: number): Promise<readonly MethodRecord[]> {
    const rows = this.#all("methodsAfter", key?.userId ?? "", key?.id ?? "", limit);
    return (rows as unknown as MethodRow[]).map(toMethod);
  }

  async answersAfter(
    key: AnswerKey | undefined,
    limit: number,
    now: number,
  ): Promise<readonly IdempotentAnswer[]> {
    const rows = this.#all("answersAfter", key?.scope ?? "", key?.key ?? "", now, limit);
    return rows as unknown as IdempotentAnswer[];
  }

  async settings(): Promise<readonly Setting[]> {
    return this.#all("settings") as unknown as Setting[];
  }

  async statesAfter(key: StateKey | undefined, limit: number): Promise<readonly MethodState[]> {
    return this.#all("statesAfter", key?.userId ?? "", key?.methodId ?? "", limit).map(toState);
  }

  async statesOf(keys: readonly StateKey[]): Promise<readonly MethodState[]> {
    try {
      return keys.map((key) => this.#states.get(key)).filter((state) => state !== undefined);
    } catch (error) {
      throw toStoreError(error);
    }
  }

  async challengesAfter(
    key: ChallengeKey | undefined,
    limit: number,
    now: number,
  ): Promise<readonly AnsweredChallenge[]> {
    return this.#all("challengesAfter", key?.userId ?? "", key?.id ?? "", now, limit).map(toChallenge);
  }

  async lastUser(): Promise<UserKey | undefined> {
    return this.#all("lastUser")[0] as UserKey | undefined;
  }

  async lastMethod(): Promise<MethodKey | undefined> {
    return this.#all("lastMethod")[0] as MethodKey | undefined;
  }

  async counts(): Promise<Counts> {
    return this.#all("counts")[0] as unknown as Counts;
  }

  async putUsers(users: readonly UserRecord[]): Promise<void> {
    await this.#writes.enqueue(() => {
      for (const user of users) this.#users.create(user);
    });
  }

  async putMethods(methods: readonly MethodRecord[]): Promise<void> {
    const { putMethod } = this.#statements;
    await this.#writes.enqueue(() => {
      for (const method of methods) {
        const { userId, id, type, uniqueValue, credentialId, createdAt, encryptedSecret } = method;
        const attributes = JSON.stringify(method.attributes);
        putMethod.run(userId, id, type, uniqueValue, credentialId, createdAt, encryptedSecret, attributes);
      }
    });
  }

  async putAnswers(answers: readonly IdempotentAnswer[]): Promise<void> {
    const { putAnswer } = this.#statements;
    await this.#writes.enqueue(() => {
      for (const { scope, key, userId, methodId, payloadHash, encryptedAnswer, expiresAt } of answers)
        putAnswer.run(scope, key, userId, methodId, payloadHash, encryptedAnswer, expiresAt);
    });
  }

  async putSettings(settings: readonly Setting[]): Promise<void> {
    await this.#writes.enqueue(() => {
      for (const { name, value } of settings) this.#settings.getOrCreate(name, value);
    });
  }

  async putStates(states: readonly MethodState[]): Promise<void> {
    await this.#writes.enqueue(() => {
      for (const state of states) this.#states.put(state);
    });
  }

  async putChallenges(challenges: readonly AnsweredChallenge[]): Promise<void> {
    await this.#writes.enqueue(() => {
      // Nothing has expired at the beginning of time, so nothing is cleared away.
      for (const challenge of challenges) this.#challenges.put(challenge, 0);
    });
  }

  async replaceSecrets(replacements: readonly Replacement<MethodKey>[]): Promise<number> {
    return this.#replace("replaceSecret", replacements, ({ userId, id }) => [userId, id]);
  }

  async replaceAnswers(replacements: readonly Replacement<AnswerKey>[]): Promise<number> {
    return this.#replace("replaceAnswer", replacements, ({ scope, key }) => [scope, key]);
  }

  async replaceSettings(replacements: readonly Replacement<Pick<Setting, "name">>[]): Promise<number> {
    return this.#replace("replaceSetting", replacements, ({ name }) => [name]);
  }

  async auditChains(): Promise<readonly AuditChainRow[]> {
    return this.#all("auditChains") as unknown as AuditChainRow[];
  }

  async auditEventsOf(chainId: number, sequence: number, limit: number): Promise<readonly AuditRow[]> {
    const rows = this.#all("auditEventsOf", toId(chainId, sequence), toId(chainId + 1, 0), limit);
    return rows as unknown as AuditRow[];
  }

  async auditEventsAfter(
    key: AuditKey | undefined,
    limit: number,
    { since, userId }: { readonly since: number; readonly userId: string | undefined },
  ): Promise<readonly AuditRow[]> {
    const [occurredAt, id] =
      key === undefined ? [since, -1] : [key.occurredAt, toId(key.chainId, key.sequence)];
    const rows =
      userId === undefined
        ? this.#all("auditEventsAfter", occurredAt, id, limit)
        : this.#all("auditEventsOfUserAfter", userId, occurredAt, id, limit);
    return rows as unknown as AuditRow[];
  }

  async putAuditEvents(events: readonly AuditRow[]): Promise<void> {
    const { putAuditEvent } = this.#statements;
    await this.#writes.enqueue(() => {
      for (const { chainId, sequence, occurredAt, userId, event, seal } of events)
        putAuditEvent.run(toId(chainId, sequence), occurredAt, userId, event, seal);
    });
  }

  async putAuditChains(chains: readonly AuditChainRow[]): Promise<void> {
    const { putAuditChain } = this.#statements;
    await this.#writes.enqueue(() => {
      for (const { chainId, sequence, mac, startSequence, startSeal, startMac } of chains)
        putAuditChain.run(chainId, sequence, mac, startSequence, startSeal, startMac);
    });
  }

  async inSnapshot<Result>(work: (tables: Tables) => Promise<Result>): Promise<Result> {
    this.#run("BEGIN");
    try {
      // The snapshot is taken at the first read.
      this.#all("settings");
      return await work(this);
    } finally {
      this.#run("COMMIT");
    }
  }

  async close(): Promise<void> {
    await this.#writes.drain();
    this.#database.close();
  }

  #all(name: keyof typeof sql, ...values: readonly (string | number)[]) {
    try {
      return this.#statements[name].all(...values);
    } catch (error) {
      throw toStoreError(error);
    }
  }

  #run(sql: string): void {
    try {
      this.#database.exec(sql);
    } catch (error) {
      throw toStoreError(error);
    }
  }

  #replace<Key>(
    name: "replaceSecret" | "replaceAnswer" | "replaceSetting",
    replacements: readonly Replacement<Key>[],
    columnsOf: (key: Key) => readonly string[],
  ): Promise<number> {
    return this.#writes.enqueue(() => {
      let replaced = 0;
      for (const { key, from, to } of replacements)
        replaced += Number(this.#statements[name].run(to, from, ...columnsOf(key)).changes);
      return replaced;
    });
  }
}

const sql = {
  usersAfter: `
    SELECT id, connection, email, name, created_at AS createdAt FROM users WHERE id > ? ORDER BY id LIMIT ?`,
  methodsAfter: `
    SELECT ${columns} FROM authentication_methods WHERE (user_id, id) > (?, ?) ORDER BY user_id, id LIMIT ?`,
  answersAfter: `
    SELECT ${answerColumns} FROM idempotent_answers
    WHERE (scope, key) > (?, ?) AND expires_at > ? AND method_id IS NOT NULL ORDER BY scope, key LIMIT ?`,
  settings: "SELECT name, value FROM settings ORDER BY name",
  statesAfter: `
    SELECT ${stateColumns} FROM method_states WHERE (user_id, method_id) > (?, ?)
    ORDER BY user_id, method_id LIMIT ?`,
  challengesAfter: `
    SELECT ${challengeColumns} FROM authentication_challenges WHERE (user_id, id) > (?, ?) AND expires_at > ?
    ORDER BY user_id, id LIMIT ?`,
  lastUser: "SELECT id FROM users ORDER BY id DESC LIMIT 1",
  lastMethod: `
    SELECT user_id AS userId, id FROM authentication_methods
    WHERE user_id = (SELECT max(user_id) FROM authentication_methods) ORDER BY id DESC LIMIT 1`,
  counts: `
    SELECT (SELECT count(*) FROM users) AS users, (SELECT count(*) FROM authentication_methods) AS methods,
      (SELECT count(*) FROM authentication_methods WHERE credential_id IS NOT NULL) AS credentials,
      (SELECT count(*) FROM idempotent_answers) AS answers, (SELECT count(*) FROM settings) AS settings,
      (SELECT count(*) FROM audit_events) AS events`,
  putMethod: `
    INSERT INTO authentication_methods (${columns}) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8
    WHERE NOT EXISTS (SELECT 1 FROM authentication_methods WHERE user_id = ?1 AND id = ?2)
    ON CONFLICT DO NOTHING`,
  putAnswer: `
    INSERT INTO idempotent_answers
      (scope, key, user_id, method_id, payload_hash, encrypted_answer, expires_at)
    VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  auditChains: `
    SELECT chain_id AS chainId, sequence, mac, start_sequence AS startSequence, start_seal AS startSeal,
      start_mac AS startMac
    FROM audit_chains ORDER BY chain_id`,
  auditEventsOf: `SELECT ${auditColumns} FROM audit_events WHERE id > ? AND id < ? ORDER BY id LIMIT ?`,
  auditEventsAfter: `
    SELECT ${auditColumns} FROM audit_events WHERE (occurred_at, id) > (?, ?) ORDER BY occurred_at, id LIMIT ?`,
  auditEventsOfUserAfter: `
    SELECT ${auditColumns} FROM audit_events WHERE user_id = ? AND (occurred_at, id) > (?, ?)
    ORDER BY occurred_at, id LIMIT ?`,
  putAuditEvent: `
    INSERT INTO audit_events (id, occurred_at, user_id, event, seal) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  putAuditChain: `
    INSERT OR REPLACE INTO audit_chains (chain_id, sequence, mac, start_sequence, start_seal, start_mac)
    VALUES (?, ?, ?, ?, ?, ?)`,
  replaceSecret: `
    UPDATE authentication_methods SET encrypted_secret = ?
    WHERE encrypted_secret = ? AND user_id = ? AND id = ?`,
  replaceAnswer: `
    UPDATE idempotent_answers SET encrypted_answer = ? WHERE encrypted_answer = ? AND scope = ? AND key = ?`,
  replaceSetting: "UPDATE settings SET value = ? WHERE value = ? AND name = ?",
} as const;
