import type { SealedEvents } from "../audit/chain.ts";
import { expiredPerChallenge } from "../verification.ts";
import { saveAuditEvents } from "./audit-chain.ts";
import type { Sql } from "./connection.ts";
import type { KeptAnswer } from "./rows/answers.ts";
import type { PostgresChallengeRows } from "./rows/challenges.ts";
import type { MethodHead, WrittenMethod } from "./rows/methods.ts";
import type { PostgresRows } from "./rows/rows.ts";
import type { PostgresStateRows } from "./rows/states.ts";
import {
  insertAnswers,
  insertCredentials,
  insertMethods,
  insertSettings,
  insertUsers,
  replaceChallenges,
  replaceStates,
} from "./statements.ts";

/**
 * Writes what has changed in `set` and ends the transaction; each kind of change is one statement, whatever the
 * number of rows, and all are sent at once. Where one fails, the end undoes them all.
 *
 * What makes room goes before what takes it.
 */
export async function saveAndCommit(
  sql: Sql,
  { users, methods, answers, settings, states, challenges }: PostgresRows,
  events: SealedEvents | undefined,
): Promise<void> {
  const statements: Promise<unknown>[] = [];
  const { created } = users;
  const { deleted, inserted, updated } = methods;
  const { kept } = answers;
  if (deleted.length > 0) statements.push(...deleteMethods(sql, deleted));
  statements.push(...saveStates(sql, states), ...saveChallenges(sql, challenges));
  if (users.deleted.length > 0)
    statements.push(sql`DELETE FROM users WHERE id = ANY(${users.deleted}::text[])`);
  if (created.length > 0) statements.push(insertUsers(sql, created));
  if (inserted.length > 0) statements.push(...createMethods(sql, inserted));
  if (updated.length > 0) statements.push(updateMethods(sql, updated));
  if (answers.deleted.length > 0) statements.push(deleteAnswers(sql, answers.deleted));
  if (kept.length > 0) statements.push(...keepAnswers(sql, kept));
  if (settings.created.length > 0) statements.push(insertSettings(sql, settings.created));
  if (events !== undefined) statements.push(...saveAuditEvents(sql, events));
  statements.push(sql`COMMIT`);
  await Promise.all(statements);
}

function deleteMethods(sql: Sql, deleted: readonly MethodHead[]): Promise<unknown>[] {
  const statements: Promise<unknown>[] = [
    sql`
      DELETE FROM authentication_methods WHERE (user_id, id) IN (
        SELECT * FROM unnest(${deleted.map(({ userId }) => userId)}::text[], ${deleted.map(({ id }) => id)}::text[])
      )`,
  ];
  const credentialIds = deleted.map(({ credentialId }) => credentialId).filter((id) => id !== null);
  if (credentialIds.length > 0)
    statements.push(sql`DELETE FROM credentials WHERE credential_id = ANY(${credentialIds}::text[])`);
  return statements;
}

function createMethods(sql: Sql, inserted: readonly WrittenMethod[]): Promise<unknown>[] {
  const statements: Promise<unknown>[] = [insertMethods(sql, inserted)];
  const claims = inserted.map(({ method }) => method).filter(({ credentialId }) => credentialId !== null);
  if (claims.length > 0) statements.push(insertCredentials(sql, claims));
  return statements;
}

function updateMethods(sql: Sql, updated: readonly WrittenMethod[]): Promise<unknown> {
  return sql`
    UPDATE authentication_methods AS method SET attributes = patched.attributes::json
    FROM unnest(
      ${updated.map(({ method }) => method.userId)}::text[],
      ${updated.map(({ method }) => method.id)}::text[],
      ${updated.map(({ attributes }) => attributes)}::text[]
    ) AS patched (user_id, id, attributes)
    WHERE method.user_id = patched.user_id AND method.id = patched.id`;
}

function deleteAnswers(sql: Sql, deleted: PostgresRows["answers"]["deleted"]): Promise<unknown> {
  return sql`
    DELETE FROM idempotent_answers AS answer
    USING unnest(
      ${deleted.map(({ userId }) => userId)}::text[], ${deleted.map(({ methodId }) => methodId)}::text[]
    ) AS gone (user_id, method_id)
    WHERE answer.user_id = gone.user_id
      AND (gone.method_id IS NULL OR answer.method_id = gone.method_id)`;
}

/** A key that another user's transaction has come first with violates the primary key, and all is run again. */
function keepAnswers(sql: Sql, kept: readonly KeptAnswer[]): Promise<unknown>[] {
  const answers = kept.map(({ answer }) => answer);
  return [
    sql`
      DELETE FROM idempotent_answers AS answer
      USING unnest(
        ${answers.map(({ scope }) => scope)}::text[],
        ${answers.map(({ key }) => key)}::text[],
        ${kept.map(({ now }) => now)}::bigint[]
      ) AS next (scope, key, now)
      WHERE answer.scope = next.scope AND answer.key = next.key
        AND (answer.expires_at <= next.now OR answer.method_id IS NULL)`,
    insertAnswers(sql, answers),
  ];
}

function saveStates(sql: Sql, { deleted, usersDeleted, changed }: PostgresStateRows): Promise<unknown>[] {
  const statements: Promise<unknown>[] = [];
  if (usersDeleted.length > 0)
    statements.push(sql`DELETE FROM method_states WHERE user_id = ANY(${usersDeleted}::text[])`);
  if (deleted.length > 0) {
    statements.push(sql`
      DELETE FROM method_states WHERE (user_id, method_id) IN (
        SELECT * FROM unnest(
          ${deleted.map(({ userId }) => userId)}::text[], ${deleted.map(({ methodId }) => methodId)}::text[]
        )
      )`);
  }
  if (changed.length > 0) statements.push(replaceStates(sql, changed));
  return statements;
}

function saveChallenges(
  sql: Sql,
  { usersDeleted, changed, expiredBy }: PostgresChallengeRows,
): Promise<unknown>[] {
  const statements: Promise<unknown>[] = [];
  if (usersDeleted.length > 0)
    statements.push(sql`DELETE FROM authentication_challenges WHERE user_id = ANY(${usersDeleted}::text[])`);
  if (changed.length === 0) return statements;
  statements.push(
    deleteExpiredChallenges(sql, expiredBy, expiredPerChallenge * changed.length),
    replaceChallenges(sql, changed),
  );
  return statements;
}

/** At most `limit`, in a transaction that may write; gives how many. */
export async function removeExpiredAnswers(sql: Sql, now: number, limit: number): Promise<number> {
  const { count } = await sql`
    DELETE FROM idempotent_answers WHERE (scope, key) IN (
      SELECT scope, key FROM idempotent_answers
      WHERE expires_at <= ${now}::bigint ORDER BY expires_at LIMIT ${limit}::bigint FOR UPDATE SKIP LOCKED
    )`;
  return count;
}

/** At most `limit` that have expired by then, in a transaction that may write; gives how many. */
export async function removeExpiredChallenges(sql: Sql, expiredBy: number, limit: number): Promise<number> {
  return (await deleteExpiredChallenges(sql, expiredBy, limit)).count;
}

/** Sent when it is awaited, as all that is saved together. */
function deleteExpiredChallenges(sql: Sql, expiredBy: number, limit: number) {
  return sql`
    DELETE FROM authentication_challenges WHERE (user_id, id) IN (
      SELECT user_id, id FROM authentication_challenges WHERE expires_at <= ${expiredBy}::bigint
      ORDER BY expires_at LIMIT ${limit}::bigint FOR UPDATE SKIP LOCKED
    )`;
}
