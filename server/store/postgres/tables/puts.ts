import type { IdempotentAnswer, MethodRecord, UserRecord } from "../../store.ts";
import type { Setting } from "../../tables.ts";
import type { AnsweredChallenge, MethodState } from "../../verification.ts";
import {
  insertAnswers,
  insertCredentials,
  insertMethods,
  insertSettings,
  insertUsers,
  replaceChallenges,
  replaceStates,
} from "../statements.ts";
import type { Statements, Transaction } from "./transaction.ts";

/* What puts records in as they are; rows that are there under the same key are left alone. */

export function putUsers(sql: Transaction, users: readonly UserRecord[]): Statements {
  return [sql`${insertUsers(sql, users)} ON CONFLICT DO NOTHING`];
}

/** The credentials first, so that a method whose credential another one has is left out. */
export function putMethods(sql: Transaction, methods: readonly MethodRecord[]): Statements {
  const claims = methods.filter(({ credentialId }) => credentialId !== null);
  const written = methods.map((method) => ({ method, attributes: JSON.stringify(method.attributes) }));
  return [
    sql`${insertCredentials(sql, claims)} ON CONFLICT DO NOTHING`,
    sql`
      ${insertMethods(sql, written)}
      WHERE credential_id IS NULL OR EXISTS (
        SELECT FROM credentials AS claim
        WHERE claim.credential_id = method.credential_id
          AND claim.user_id = method.user_id AND claim.method_id = method.id
      ) ON CONFLICT DO NOTHING`,
  ];
}

export function putAnswers(sql: Transaction, answers: readonly IdempotentAnswer[]): Statements {
  return [sql`${insertAnswers(sql, answers)} ON CONFLICT DO NOTHING`];
}

export function putSettings(sql: Transaction, settings: readonly Setting[]): Statements {
  return [sql`${insertSettings(sql, settings)} ON CONFLICT DO NOTHING`];
}

/* These change with every use, so what is there under the same key makes way. */

export function putStates(sql: Transaction, states: readonly MethodState[]): Statements {
  return [replaceStates(sql, states)];
}

export function putChallenges(sql: Transaction, challenges: readonly AnsweredChallenge[]): Statements {
  return [replaceChallenges(sql, challenges)];
}
