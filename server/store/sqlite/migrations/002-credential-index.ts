import type { Migration } from "../../migration.ts";

/*
 * A credential is registered once among all users. An index of the methods says so in half the bytes of a table
 * of credentials, whose rows lie at random: a create of a WebAuthn method changes a page of it that no other
 * create of its transaction changes.
 */
export const credentialIndex: Migration = {
  version: 2,
  sql: `
    CREATE UNIQUE INDEX authentication_methods_by_credential
      ON authentication_methods (credential_id) WHERE credential_id IS NOT NULL;
    DROP TABLE credentials;
  `,
};
