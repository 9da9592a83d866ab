import type { ISql } from "postgres";

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
    scope, key, payload_hash AS "payloadHash", encrypted_answer AS "encryptedAnswer", expires_at AS "expiresAt"`;
}
