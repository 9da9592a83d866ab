import type { Setting } from "../maintenance.ts";
import type { IdempotentAnswer, MethodRecord, UserRecord } from "../store.ts";
import type { Statements, Transaction } from "./maintenance-transaction.ts";

/* What puts records in as they are; rows that are there under the same key are left alone. */

export function putUsers(sql: Transaction, users: readonly UserRecord[]): Statements {
  return [
    sql`
      INSERT INTO users (id, connection, email, name, created_at)
      SELECT * FROM unnest(
        ${users.map(({ id }) => id)}::text[],
        ${users.map(({ connection }) => connection)}::text[],
        ${users.map(({ email }) => email)}::text[],
        ${users.map(({ name }) => name)}::text[],
        ${users.map(({ createdAt }) => createdAt)}::bigint[]
      ) ON CONFLICT DO NOTHING`,
  ];
}

/** The credentials first, so that a method whose credential another one has is left out. */
export function putMethods(sql: Transaction, methods: readonly MethodRecord[]): Statements {
  const claims = methods.filter(({ credentialId }) => credentialId !== null);
  return [
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
  ];
}

export function putAnswers(sql: Transaction, answers: readonly IdempotentAnswer[]): Statements {
  return [
    sql`
      INSERT INTO idempotent_answers (scope, key, payload_hash, encrypted_answer, expires_at)
      SELECT * FROM unnest(
        ${answers.map(({ scope }) => scope)}::text[],
        ${answers.map(({ key }) => key)}::text[],
        ${answers.map(({ payloadHash }) => payloadHash)}::text[],
        ${answers.map(({ encryptedAnswer }) => encryptedAnswer)}::text[],
        ${answers.map(({ expiresAt }) => expiresAt)}::bigint[]
      ) ON CONFLICT DO NOTHING`,
  ];
}

export function putSettings(sql: Transaction, settings: readonly Setting[]): Statements {
  return [
    sql`
      INSERT INTO settings (name, value)
      SELECT * FROM unnest(
        ${settings.map(({ name }) => name)}::text[], ${settings.map(({ value }) => value)}::text[]
      ) ON CONFLICT DO NOTHING`,
  ];
}
