import type { AnswerKey, MethodKey, Replacement, Setting } from "../../tables.ts";
import type { Statements, Transaction } from "./transaction.ts";

/* What puts a ciphertext in the place of another, where that is still there. */

export function replaceSecrets(
  sql: Transaction,
  replacements: readonly Replacement<MethodKey>[],
): Statements {
  return [
    sql`
      UPDATE authentication_methods AS method SET encrypted_secret = next.value
      FROM unnest(
        ${replacements.map(({ key }) => key.userId)}::text[],
        ${replacements.map(({ key }) => key.id)}::text[],
        ${replacements.map(({ from }) => from)}::text[],
        ${replacements.map(({ to }) => to)}::text[]
      ) AS next (user_id, id, kept, value)
      WHERE method.user_id = next.user_id AND method.id = next.id AND method.encrypted_secret = next.kept`,
  ];
}

export function replaceAnswers(
  sql: Transaction,
  replacements: readonly Replacement<AnswerKey>[],
): Statements {
  return [
    sql`
      UPDATE idempotent_answers AS answer SET encrypted_answer = next.value
      FROM unnest(
        ${replacements.map(({ key }) => key.scope)}::text[],
        ${replacements.map(({ key }) => key.key)}::text[],
        ${replacements.map(({ from }) => from)}::text[],
        ${replacements.map(({ to }) => to)}::text[]
      ) AS next (scope, key, kept, value)
      WHERE answer.scope = next.scope AND answer.key = next.key AND answer.encrypted_answer = next.kept`,
  ];
}

export function replaceSettings(
  sql: Transaction,
  replacements: readonly Replacement<Pick<Setting, "name">>[],
): Statements {
  return [
    sql`
      UPDATE settings AS setting SET value = next.value
      FROM unnest(
        ${replacements.map(({ key }) => key.name)}::text[],
        ${replacements.map(({ from }) => from)}::text[],
        ${replacements.map(({ to }) => to)}::text[]
      ) AS next (name, kept, value)
      WHERE setting.name = next.name AND setting.value = next.kept`,
  ];
}
