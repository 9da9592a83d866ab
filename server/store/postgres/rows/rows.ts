import type { Scope, Write } from "../../engine.ts";
import type { Rows } from "../../rows.ts";
import type { IdempotentAnswer, MethodRecord } from "../../store.ts";
import type { AnsweredChallenge, MethodState } from "../../verification.ts";
import { PostgresAnswerRows } from "./answers.ts";
import { PostgresAuditRows } from "./audit.ts";
import { PostgresChallengeRows } from "./challenges.ts";
import { type MethodHead, PostgresMethodRows } from "./methods.ts";
import { PostgresSettingRows } from "./settings.ts";
import { PostgresStateRows } from "./states.ts";
import { PostgresUserRows } from "./users.ts";

/** The rows in a `Scope`, as they are in the database. */
export interface LoadedRows {
  readonly userIds: ReadonlySet<string>;
  /** All methods of the users. */
  readonly heads: readonly MethodHead[];
  readonly methods: readonly MethodRecord[];
  /** Whose the credentials are. */
  readonly credentials: ReadonlyMap<string, string>;
  readonly answers: readonly IdempotentAnswer[];
  readonly settings: ReadonlyMap<string, string>;
  readonly states: readonly MethodState[];
  readonly challenges: readonly AnsweredChallenge[];
}

/** The rows in a `Scope` in memory, where the rules of writes are run on them. */
export class PostgresRows implements Rows {
  readonly users: PostgresUserRows;
  readonly methods: PostgresMethodRows;
  readonly answers: PostgresAnswerRows;
  readonly settings: PostgresSettingRows;
  readonly states: PostgresStateRows;
  readonly challenges: PostgresChallengeRows;
  readonly audit = new PostgresAuditRows();

  constructor(rows: LoadedRows) {
    this.users = new PostgresUserRows(rows.userIds);
    this.methods = new PostgresMethodRows(rows.heads, rows.methods, rows.credentials, this.users);
    this.answers = new PostgresAnswerRows(rows.answers);
    this.settings = new PostgresSettingRows(rows.settings);
    this.states = new PostgresStateRows(rows.states);
    this.challenges = new PostgresChallengeRows(rows.challenges);
  }
}

/** All that several writes may touch. */
export function unite(writes: readonly Write<unknown>[]): Scope {
  const scopes = writes.map(({ scope }) => scope);
  return {
    userIds: scopes.flatMap(({ userIds = [] }) => userIds),
    credentialIds: scopes.flatMap(({ credentialIds = [] }) => credentialIds),
    methods: scopes.flatMap(({ methods = [] }) => methods),
    answers: scopes.flatMap(({ answers = [] }) => answers),
    settings: scopes.flatMap(({ settings = [] }) => settings),
    states: scopes.flatMap(({ states = [] }) => states),
    challenges: scopes.flatMap(({ challenges = [] }) => challenges),
  };
}
