import type { Migration } from "../../migration.ts";

/*
 * Every table is keyed by what it can be distributed by: methods by their user, so that all a request touches
 * lies on one node, and the one rule across users in a table of its own, keyed by the credential.
 *
 * `unique_value` has no index: whoever writes holds the lock of the user and looks at its few methods anyway,
 * while an index would make a third of each create. Text is compared byte by byte (`COLLATE "C"`): ids are
 * told apart exactly and order does not depend on the locale of the machine.
 *
 * `attributes` is json rather than jsonb: it is read and written whole, stored smaller, and kept exactly.
 */
export const initialSchema: Migration = {
  version: 1,
  sql: `
    CREATE TABLE users (
      id text COLLATE "C" NOT NULL PRIMARY KEY,
      connection text NOT NULL,
      email text,
      name text,
      created_at bigint NOT NULL
    );

    CREATE TABLE authentication_methods (
      user_id text COLLATE "C" NOT NULL,
      id text COLLATE "C" NOT NULL,
      created_at bigint NOT NULL,
      type text NOT NULL,
      unique_value text,
      credential_id text,
      encrypted_secret text,
      attributes json NOT NULL,
      PRIMARY KEY (user_id, id)
    );

    CREATE TABLE credentials (
      credential_id text COLLATE "C" NOT NULL PRIMARY KEY,
      user_id text NOT NULL,
      method_id text NOT NULL
    );

    CREATE TABLE idempotent_answers (
      scope text COLLATE "C" NOT NULL,
      key text COLLATE "C" NOT NULL,
      payload_hash text NOT NULL,
      encrypted_answer text NOT NULL,
      expires_at bigint NOT NULL,
      PRIMARY KEY (scope, key)
    );
    CREATE INDEX idempotent_answers_by_expiry ON idempotent_answers (expires_at);

    CREATE TABLE settings (
      name text COLLATE "C" NOT NULL PRIMARY KEY,
      value text NOT NULL
    );
  `,
};
