import type { ISql } from "postgres";
import type { Scope } from "../engine.ts";
import type { IdempotentAnswer, MethodRecord } from "../store.ts";
import type { AnsweredChallenge, MethodState } from "../verification.ts";
import type { Sql } from "./connection.ts";
import type { MethodHead } from "./rows/methods.ts";
import type { LoadedRows } from "./rows/rows.ts";
import { answerColumns, challengeColumns, methodColumns, stateColumns } from "./statements.ts";

/** Tells the locks of users from those that other applications take in the same database. */
const lockSeed = 0x616d7468;

/**
 * Begins a transaction, locks the users in `scope` until its end and reads all that the scope names.
 *
 * The lock is taken in a statement of its own, so that those after it see what its last holder has committed
 * (PostgreSQL takes a new snapshot for each statement of a read-committed transaction). It is an advisory lock,
 * since there may be no row to lock where unknown users are accepted, and one on a row would write to the disk.
 * Users are locked in one order everywhere, so that transactions cannot lock each other out.
 */
export async function beginAndLoad(sql: Sql, scope: Scope): Promise<LoadedRows> {
  const { userIds, credentialIds } = scope;
  const none = Promise.resolve([]);
  const [, , users, heads, methods, credentials, answers, settings, states, challenges] = await Promise.all([
    sql`BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE`,
    sql`
      SELECT count(pg_advisory_xact_lock(key)) FROM (
        SELECT DISTINCT hashtextextended(id, ${lockSeed}::bigint) AS key
        FROM unnest(${userIds}::text[]) AS id ORDER BY key
      ) AS keys`,
    sql<{ id: string }[]>`SELECT id FROM users WHERE id = ANY(${userIds}::text[])`,
    sql<MethodHead[]>`
      SELECT user_id AS "userId", id, type, unique_value AS "uniqueValue", credential_id AS "credentialId"
      FROM authentication_methods WHERE user_id = ANY(${userIds}::text[])`,
    scope.methods.length === 0 ? none : loadMethods(sql, scope.methods),
    credentialIds.length === 0
      ? none
      : sql<{ id: string; userId: string }[]>`
          SELECT credential_id AS id, user_id AS "userId" FROM credentials
          WHERE credential_id = ANY(${credentialIds}::text[])`,
    scope.answers.length === 0 ? none : loadAnswers(sql, scope.answers),
    scope.settings.length === 0
      ? none
      : sql<{ name: string; value: string }[]>`
          SELECT name, value FROM settings WHERE name = ANY(${scope.settings}::text[])`,
    scope.states.length === 0 ? none : loadStates(sql, scope.states),
    scope.challenges.length === 0 ? none : loadChallenges(sql, scope.challenges),
  ]);
  return {
    userIds: new Set(users.map(({ id }) => id)),
    heads,
    methods,
    credentials: new Map(credentials.map(({ id, userId }) => [id, userId])),
    answers,
    settings: new Map(settings.map(({ name, value }) => [name, value])),
    states,
    challenges,
  };
}

export function loadMethods(sql: Sql, methods: Scope["methods"]): Promise<readonly MethodRecord[]> {
  return sql<MethodRecord[]>`
    SELECT ${methodColumns(sql)} FROM authentication_methods
    WHERE (user_id, id) IN (
      SELECT * FROM unnest(${methods.map(({ userId }) => userId)}::text[], ${methods.map(({ id }) => id)}::text[])
    )`;
}

function loadAnswers(sql: Sql, answers: readonly IdempotentAnswer[]): Promise<readonly IdempotentAnswer[]> {
  return sql<IdempotentAnswer[]>`
    SELECT ${answerColumns(sql)} FROM idempotent_answers
    WHERE (scope, key) IN (
      SELECT * FROM unnest(${answers.map(({ scope }) => scope)}::text[], ${answers.map(({ key }) => key)}::text[])
    )`;
}

export function loadStates(sql: Sql | ISql, keys: Scope["states"]): Promise<readonly MethodState[]> {
  return sql<MethodState[]>`
    SELECT ${stateColumns(sql)} FROM method_states
    WHERE (user_id, method_id) IN (
      SELECT * FROM unnest(${keys.map(({ userId }) => userId)}::text[], ${keys.map(({ methodId }) => methodId)}::text[])
    )`;
}

function loadChallenges(sql: Sql, keys: Scope["challenges"]): Promise<readonly AnsweredChallenge[]> {
  return sql<AnsweredChallenge[]>`
    SELECT ${challengeColumns(sql)} FROM authentication_challenges
    WHERE (user_id, id) IN (
      SELECT * FROM unnest(${keys.map(({ userId }) => userId)}::text[], ${keys.map(({ id }) => id)}::text[])
    )`;
}
