import { describe, expect, test } from "vitest";
import { StoreOpenError } from "../../../server/store/errors.ts";
import { migrateDatabase, openStore } from "../../../server/store/open.ts";
import { emptyDatabase } from "../../support/empty-database.ts";
import {
  createPool,
  documentedSettings,
  hasPgbouncer,
  setDocumentedParameters,
  startPgbouncer,
  temporaryPool,
  temporaryRole,
} from "../../support/pgbouncer.ts";
import { execute } from "../../support/postgres.ts";
import { describeStore } from "./suite.ts";

async function refusal(url: string): Promise<string> {
  const error: unknown = await migrateDatabase(url).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(StoreOpenError);
  return (error as Error).message;
}

describe.skipIf(!hasPgbouncer)("PgBouncer (skipped where pgbouncer is not installed)", () => {
  describe.each(["session", "transaction"] as const)("in %s mode is refused, in one sentence,", (mode) => {
    test("where it refuses the parameters of a session", async () => {
      const url = await startPgbouncer(await temporaryRole(), mode);
      expect(await refusal(`${url}?prepare=false`)).toBe(
        "The pooler in DATABASE_URL refuses the session for what its log says: name the parameters in its ignore_startup_parameters, or mend its way to PostgreSQL.",
      );
    });

    test("where it drops the parameters of a session, all of which are named", async () => {
      const url = await startPgbouncer(await temporaryRole(), mode, await documentedSettings);
      expect(await refusal(`${url}?prepare=false`)).toBe(
        "DATABASE_URL leads through a pooler that drops the parameters of a session: name the database itself, or set default_transaction_read_only, enable_hashjoin, enable_mergejoin, enable_seqscan, idle_in_transaction_session_timeout, statement_timeout for its role with ALTER ROLE.",
      );
    });

    test("where it drops the schema that the URL names, which would be another's", async () => {
      const url = await temporaryRole();
      await setDocumentedParameters(url);
      const settings = `${await documentedSettings}, search_path`;
      const pooled = await startPgbouncer(url, mode, settings);
      expect(await refusal(`${pooled}?prepare=false&search_path=methods`)).toMatch(/ set search_path for /);
      expect(await execute(url, "SELECT FROM pg_tables WHERE schemaname = current_schema()")).toHaveLength(0);
    });

    test("where statements would be prepared in a session that may be another's next", async () => {
      const url = new URL(await temporaryPool(mode));
      url.search = "";
      expect(await refusal(url.href)).toBe(
        "DATABASE_URL leads through a pooler, where a prepared statement may be gone when it is used: add the parameter prepare=false.",
      );
    });
  });

  test("in statement mode is refused, since writes need transactions", async () => {
    expect(await refusal(await temporaryPool("statement"))).toMatch(/by transaction or by session\.$/);
  });

  describeStore("in transaction mode holds a store", async () => {
    const { url, directUrl, drop } = await createPool("transaction");
    return {
      open: (options) => openStore(url, options),
      empty: () => emptyDatabase(directUrl, ["audit_chains"]),
      remove: drop,
    };
  });
});
