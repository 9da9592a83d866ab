import type { Migration } from "../../migration.ts";

/*
 * Each connection that writes appends to a chain of its own, so that no write waits for another's. The two indexes
 * serve who asks for a user's events, and for those of a time.
 *
 * `event` is text rather than json: what is sealed are its bytes.
 */
export const audit: Migration = {
  version: 3,
  sql: `
    CREATE TABLE audit_events (
      chain_id bigint NOT NULL,
      sequence bigint NOT NULL,
      occurred_at bigint NOT NULL,
      user_id text COLLATE "C",
      event text NOT NULL,
      seal text,
      PRIMARY KEY (chain_id, sequence)
    );
    CREATE INDEX audit_events_by_user ON audit_events (user_id, occurred_at) WHERE user_id IS NOT NULL;
    CREATE INDEX audit_events_by_time ON audit_events (occurred_at);

    CREATE TABLE audit_chains (
      chain_id bigint NOT NULL PRIMARY KEY,
      sequence bigint NOT NULL,
      mac text NOT NULL,
      start_sequence bigint NOT NULL,
      start_seal text NOT NULL,
      start_mac text NOT NULL
    );
  `,
};
