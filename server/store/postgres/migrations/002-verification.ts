import type { Migration } from "../../migration.ts";

/*
 * What the use of methods leaves behind stands beside them: a method is appended and hardly ever changed, and one
 * that is never used has no row here. Of challenges there are only those that were answered.
 *
 * No index holds what changes in a state, and pages have room: updates stay on their page (heap-only tuples).
 */
export const verification: Migration = {
  version: 2,
  sql: `
    CREATE TABLE method_states (
      user_id text COLLATE "C" NOT NULL,
      method_id text COLLATE "C" NOT NULL,
      last_auth_at bigint,
      totp_step bigint,
      sign_count bigint,
      failures_full_at bigint NOT NULL,
      consecutive_failures int NOT NULL,
      sends_full_at bigint NOT NULL,
      devices json NOT NULL,
      PRIMARY KEY (user_id, method_id)
    ) WITH (fillfactor = 80);

    CREATE TABLE authentication_challenges (
      user_id text COLLATE "C" NOT NULL,
      id text COLLATE "C" NOT NULL,
      wrong_answers int NOT NULL,
      spent boolean NOT NULL,
      expires_at bigint NOT NULL,
      PRIMARY KEY (user_id, id)
    );
    CREATE INDEX authentication_challenges_by_expiry ON authentication_challenges (expires_at);
  `,
};
