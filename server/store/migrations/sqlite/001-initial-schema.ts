import type { Migration } from "../migration.ts";

/*
 * What a create costs is the pages it changes: each is written to the log at the commit and once more at the
 * checkpoint. Hence methods are appended to their table, and it has one index, of the user alone: a user's
 * methods are few and are looked through. A second index, to keep `unique_value` unique, cost 16 µs per
 * create, with 21 µs for all the rest; a table clustered by user and id cost 4 µs, and checkpoints of 18 ms
 * instead of 8. That ids and unique values are so is checked in the write transaction, which SQLite gives to
 * one connection at a time, and is as binding as an index would be.
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
    CREATE INDEX authentication_methods_by_user ON authentication_methods (user_id);

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
      PRIMARY KEY (scope, key)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX idempotent_answers_by_expiry ON idempotent_answers (expires_at);

    CREATE TABLE settings (
      name TEXT NOT NULL PRIMARY KEY,
      value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
};
