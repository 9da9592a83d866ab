import type { ISql } from "postgres";
import type { AuditRow } from "../audit/event.ts";
import type { IdempotentAnswer, MethodRecord, UserRecord } from "../store.ts";
import type { Setting } from "../tables.ts";
import type { AnsweredChallenge, MethodState } from "../verification.ts";
import type { WrittenMethod } from "./rows/methods.ts";

/** The columns of a `UserRecord`. */
export function userColumns(sql: ISql) {
  return sql`id, connection, email, name, created_at AS "createdAt"`;
}

/** The columns of a `MethodRecord`. */
export function methodColumns(sql: ISql) {
  return sql`
    user_id AS "userId", id, type, created_at AS "createdAt", attributes, encrypted_secret AS "encryptedSecret",
    unique_value AS "uniqueValue", credential_id AS "credentialId"`;
}

/** The columns of an `IdempotentAnswer`. */
export function answerColumns(sql: ISql) {
  return sql`
    scope, key, user_id AS "userId", method_id AS "methodId", payload_hash AS "payloadHash", encrypted_answer AS "encryptedAnswer", expires_at AS "expiresAt"`;
}

/** The columns of an `AuditRow`. */
export function auditColumns(sql: ISql) {
  return sql`
    chain_id AS "chainId", sequence, occurred_at AS "occurredAt", user_id AS "userId", event, seal`;
}

/** The columns of a `MethodState`. */
export function stateColumns(sql: ISql) {
  return sql`
    user_id AS "userId", method_id AS "methodId", last_auth_at AS "lastAuthAt", totp_step AS "totpStep",
    sign_count AS "signCount", failures_full_at AS "failuresFullAt",
    consecutive_failures AS "consecutiveFailures", sends_full_at AS "sendsFullAt", devices`;
}

/** The columns of an `AnsweredChallenge`. */
export function challengeColumns(sql: ISql) {
  return sql`user_id AS "userId", id, wrong_answers AS "wrongAnswers", spent, expires_at AS "expiresAt"`;
}

/* Each is one statement, whatever the number of rows, and can be the beginning of another. */

export function insertUsers(sql: ISql, users: readonly UserRecord[]) {
  return sql`
    INSERT INTO users (id, connection, email, name, created_at)
    SELECT * FROM unnest(
      ${users.map(({ id }) => id)}::text[],
      ${users.map(({ connection }) => connection)}::text[],
      ${users.map(({ email }) => email)}::text[],
      ${users.map(({ name }) => name)}::text[],
      ${users.map(({ createdAt }) => createdAt)}::bigint[]
    )`;
}

/** Without their credentials. */
export function insertMethods(sql: ISql, inserted: readonly WrittenMethod[]) {
  const methods = inserted.map(({ method }) => method);
  return sql`
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
      ${inserted.map(({ attributes }) => attributes)}::text[]
    ) AS method (user_id, id, type, created_at, unique_value, credential_id, encrypted_secret, attributes)`;
}

/**
 * Credentials are claimed in one order everywhere, so that transactions cannot lock each other out.
 *
 * @param claims methods that have a credential
 */
export function insertCredentials(sql: ISql, claims: readonly MethodRecord[]) {
  return sql`
    INSERT INTO credentials (credential_id, user_id, method_id)
    SELECT * FROM unnest(
      ${claims.map(({ credentialId }) => credentialId)}::text[],
      ${claims.map(({ userId }) => userId)}::text[],
      ${claims.map(({ id }) => id)}::text[]
    ) AS claim (credential_id, user_id, method_id) ORDER BY credential_id`;
}

export function insertAnswers(sql: ISql, answers: readonly IdempotentAnswer[]) {
  return sql`
    INSERT INTO idempotent_answers (scope, key, user_id, method_id, payload_hash, encrypted_answer, expires_at)
    SELECT * FROM unnest(
      ${answers.map(({ scope }) => scope)}::text[],
      ${answers.map(({ key }) => key)}::text[],
      ${answers.map(({ userId }) => userId)}::text[],
      ${answers.map(({ methodId }) => methodId)}::text[],
      ${answers.map(({ payloadHash }) => payloadHash)}::text[],
      ${answers.map(({ encryptedAnswer }) => encryptedAnswer)}::text[],
      ${answers.map(({ expiresAt }) => expiresAt)}::bigint[]
    ) AS answer (scope, key, user_id, method_id, payload_hash, encrypted_answer, expires_at) ORDER BY scope, key`;
}

export function insertSettings(sql: ISql, settings: readonly Setting[]) {
  return sql`
    INSERT INTO settings (name, value)
    SELECT * FROM unnest(
      ${settings.map(({ name }) => name)}::text[], ${settings.map(({ value }) => value)}::text[]
    )`;
}

/** In the place of those under the same keys. */
export function replaceStates(sql: ISql, states: readonly MethodState[]) {
  return sql`
    INSERT INTO method_states (
      user_id, method_id, last_auth_at, totp_step, sign_count, failures_full_at, consecutive_failures,
      sends_full_at, devices
    )
    SELECT user_id, method_id, last_auth_at, totp_step, sign_count, failures_full_at, consecutive_failures,
      sends_full_at, devices::json
    FROM unnest(
      ${states.map(({ userId }) => userId)}::text[],
      ${states.map(({ methodId }) => methodId)}::text[],
      ${states.map(({ lastAuthAt }) => lastAuthAt)}::bigint[],
      ${states.map(({ totpStep }) => totpStep)}::bigint[],
      ${states.map(({ signCount }) => signCount)}::bigint[],
      ${states.map(({ failuresFullAt }) => failuresFullAt)}::bigint[],
      ${states.map(({ consecutiveFailures }) => consecutiveFailures)}::bigint[],
      ${states.map(({ sendsFullAt }) => sendsFullAt)}::bigint[],
      ${states.map(({ devices }) => JSON.stringify(devices))}::text[]
    ) AS state (
      user_id, method_id, last_auth_at, totp_step, sign_count, failures_full_at, consecutive_failures,
      sends_full_at, devices
    )
    ON CONFLICT (user_id, method_id) DO UPDATE SET
      last_auth_at = excluded.last_auth_at, totp_step = excluded.totp_step, sign_count = excluded.sign_count,
      failures_full_at = excluded.failures_full_at, consecutive_failures = excluded.consecutive_failures,
      sends_full_at = excluded.sends_full_at, devices = excluded.devices`;
}

/** In the place of those under the same keys. */
export function replaceChallenges(sql: ISql, challenges: readonly AnsweredChallenge[]) {
  return sql`
    INSERT INTO authentication_challenges (user_id, id, wrong_answers, spent, expires_at)
    SELECT user_id, id, wrong_answers, spent <> 0, expires_at
    FROM unnest(
      ${challenges.map(({ userId }) => userId)}::text[],
      ${challenges.map(({ id }) => id)}::text[],
      ${challenges.map(({ wrongAnswers }) => wrongAnswers)}::bigint[],
      ${challenges.map(({ spent }) => (spent ? 1 : 0))}::bigint[],
      ${challenges.map(({ expiresAt }) => expiresAt)}::bigint[]
    ) AS challenge (user_id, id, wrong_answers, spent, expires_at)
    ON CONFLICT (user_id, id) DO UPDATE SET
      wrong_answers = excluded.wrong_answers, spent = excluded.spent, expires_at = excluded.expires_at`;
}

export function insertAuditEvents(sql: ISql, rows: readonly AuditRow[]) {
  return sql`
    INSERT INTO audit_events (chain_id, sequence, occurred_at, user_id, event, seal)
    SELECT * FROM unnest(
      ${rows.map(({ chainId }) => chainId)}::bigint[],
      ${rows.map(({ sequence }) => sequence)}::bigint[],
      ${rows.map(({ occurredAt }) => occurredAt)}::bigint[],
      ${rows.map(({ userId }) => userId)}::text[],
      ${rows.map(({ event }) => event)}::text[],
      ${rows.map(({ seal }) => seal)}::text[]
    )`;
}
