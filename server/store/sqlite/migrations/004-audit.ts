import type { Migration } from "../../migration.ts";

/*
 * Events are appended: `id` is chain_id * 2^32 + sequence, so that each chain is read in its order without an index
 * of its own. The two indexes serve who asks for a user's events, and for those of a time.
 */
export const audit: Migration = {
  version: 4,
  sql: `
    CREATE TABLE audit_events (
      id INTEGER NOT NULL PRIMARY KEY,
      occurred_at INTEGER NOT NULL,
      user_id TEXT,
      event TEXT NOT NULL,
      seal TEXT
    ) STRICT;
    CREATE INDEX audit_events_by_user ON audit_events (user_id, occurred_at) WHERE user_id IS NOT NULL;
    CREATE INDEX audit_events_by_time ON audit_events (occurred_at);

    CREATE TABLE audit_chains (
      chain_id INTEGER NOT NULL PRIMARY KEY,
      sequence INTEGER NOT NULL,
      mac TEXT NOT NULL,
      start_sequence INTEGER NOT NULL,
      start_seal TEXT NOT NULL,
      start_mac TEXT NOT NULL
    ) STRICT;
  `,
};
