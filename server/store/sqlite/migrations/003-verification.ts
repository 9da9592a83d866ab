import type { Migration } from "../../migration.ts";

/*
 * What the use of methods leaves behind stands beside them: a method is appended and hardly ever changed, and one
 * that is never used has no row here. Of challenges there are only those that were answered.
 */
export const verification: Migration = {
  version: 3,
  sql: `
    CREATE TABLE method_states (
      user_id TEXT NOT NULL,
      method_id TEXT NOT NULL,
      last_auth_at INTEGER,
      totp_step INTEGER,
      sign_count INTEGER,
      failures_full_at INTEGER NOT NULL,
      consecutive_failures INTEGER NOT NULL,
      sends_full_at INTEGER NOT NULL,
      devices TEXT NOT NULL,
      PRIMARY KEY (user_id, method_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE authentication_challenges (
      user_id TEXT NOT NULL,
      id TEXT NOT NULL,
      wrong_answers INTEGER NOT NULL,
      spent INTEGER NOT NULL,
      expires_at INTEGER NOT NULL,
      PRIMARY KEY (user_id, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX authentication_challenges_by_expiry ON authentication_challenges (expires_at);
  `,
};
