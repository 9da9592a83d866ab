import type { Migration } from "../../migration.ts";

/*
 * An answer goes with its user and with its method. Those from before name neither, so they are never given again;
 * they expire within a day.
 */
export const answersOfMethods: Migration = {
  version: 5,
  sql: `
    ALTER TABLE idempotent_answers ADD COLUMN user_id TEXT;
    ALTER TABLE idempotent_answers ADD COLUMN method_id TEXT;
    CREATE INDEX idempotent_answers_by_method ON idempotent_answers (user_id, method_id);
  `,
};
