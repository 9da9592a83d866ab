import type { Migration } from "../../migration.ts";

/*
 * What a create costs is the pages it changes: each is written to the log at the commit and once more at the
 * checkpoint. Hence methods are appended to their table, and its one index serves all: it keeps unique values
 * unique, counts a user's methods of a type without a look at the table, and finds the methods of a user,
 * who has few, so that the one of a given id is soon found among them. A second index, of ids, would cost a
 * create two thirds more.
 *
 * Methods refer to no row of `users`: a server that accepts unknown users has none.
 */
export const initialSchema: Migration = {
  version: 1,
  sql: `
    CREATE TABLE users (
      id TEXT NOT NULL PRIMARY KEY,
      connection TEXT NOT NULL,
      email TEXT,
      name TEXT,
      created_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE authentication_methods (
      user_id TEXT NOT NULL,
      id TEXT NOT NULL,
      type TEXT NOT NULL,
      unique_value TEXT,
      credential_id TEXT,
      created_at INTEGER NOT NULL,
      encrypted_secret TEXT,
      attributes TEXT NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX authentication_methods_by_user
      ON authentication_methods (user_id, type, unique_value);

    CREATE TABLE credentials (
      credential_id TEXT NOT NULL PRIMARY KEY,
      user_id TEXT NOT NULL,
      method_id TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE idempotent_answers (
      scope TEXT NOT NULL,
      key TEXT NOT NULL,
      payload_hash TEXT NOT NULL,
      encrypted_answer TEXT NOT NULL,
      expires_at INTEGER NOT NULL,
      UNIQUE (scope, key)
    ) STRICT;
    CREATE INDEX idempotent_answers_by_expiry ON idempotent_answers (expires_at);

    CREATE TABLE settings (
      name TEXT NOT NULL PRIMARY KEY,
      value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
};
