import { inspect } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { StoreFullError, StoreUnavailableError } from "../../../server/store/errors.ts";
import { openStore } from "../../../server/store/open.ts";
import { openConnections } from "../../../server/store/postgres/connection.ts";
import type { Store } from "../../../server/store/store.ts";
import { execute } from "../../support/postgres.ts";
import { temporarySchema } from "../../support/postgres-schema.ts";
import { startProxy } from "./postgres-proxy.ts";
import { acceptUnknownUsers, actor, answer, email, passkey, phone, securityKey } from "./records.ts";

const ada = "auth0|ada";

async function open(url: string): Promise<Store> {
  const store = await openStore(url, acceptUnknownUsers);
  onTestFinished(() => store.close());
  return store;
}

async function openThroughProxy() {
  const url = await temporarySchema();
  const proxy = await startProxy(url);
  return { url, proxy, store: await open(proxy.url) };
}

async function idsOf(store: Store, userId = ada): Promise<readonly string[]> {
  const listed = await store.listMethods(userId, { offset: 0, limit: 1000 });
  return listed.outcome === "found" ? listed.methods.map(({ id }) => id) : [];
}

/** How long `work` takes, in milliseconds. */
async function duration(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Makes each new row of a table run some PL/pgSQL first. */
function beforeInsert(url: string, table: string, statement: string) {
  return execute(
    url,
    `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${statement}; RETURN NEW; END $$;
     CREATE TRIGGER refuse BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION refuse()`,
  );
}

describe("a database that is gone", () => {
  test("is told at once, and used again within five seconds of its return", async () => {
    const { proxy, store } = await openThroughProxy();
    await store.createMethod(phone(ada), actor);
    await proxy.cut();
    const calls = [
      () => store.ping(),
      () => store.getUser(ada),
      () => store.listMethods(ada, { offset: 0, limit: 50 }),
      () => store.createMethod(phone(ada), actor),
      () => store.deleteMethods(ada, actor),
    ];
    const refused = async () => {
      for (const call of calls) await expect(call()).rejects.toThrow(StoreUnavailableError);
    };
    expect(await duration(refused)).toBeLessThan(5_000);
    await proxy.mend();
    const served = async () => {
      expect(await store.createMethod(phone(ada), actor)).toEqual({ outcome: "created" });
      expect(await idsOf(store)).toHaveLength(2);
    };
    expect(await duration(served)).toBeLessThan(5_000);
  });

  test("is told within a bounded time when it only stops answering, and used again when it goes on", async () => {
    const { proxy, store } = await openThroughProxy();
    const kept = phone(ada);
    await store.createMethod(kept, actor);
    proxy.freeze();
    // More than a batch, so that some wait behind those that have been sent.
    const calls = [
      ...Array.from({ length: 1000 }, (_, index) => store.createMethod(phone(`auth0|${index}`), actor)),
      ...Array.from({ length: 10 }, () => store.getMethod(ada, kept.id)),
    ];
    let results: readonly PromiseSettledResult<unknown>[] = [];
    const time = await duration(async () => {
      results = await Promise.allSettled(calls);
    });
    for (const result of results) {
      expect(result.status === "rejected" && result.reason).toBeInstanceOf(StoreUnavailableError);
    }
    expect(time).toBeLessThan(7_000);
    proxy.thaw();
    expect(await store.createMethod(phone(ada), actor)).toEqual({ outcome: "created" });
    expect(await idsOf(store)).toHaveLength(2);
  });

  test("loses nothing that was acknowledged when it ends connections under load", async () => {
    const url = await temporarySchema();
    const store = await open(url);
    const acknowledged: string[] = [];
    const failures: unknown[] = [];
    const isEnough = () => acknowledged.length >= 400 && failures.length > 0;
    const writer = async (number: number) => {
      for (let turn = 0; !isEnough(); turn += 1) {
        const method = passkey(`auth0|${number}-${turn}`);
        try {
          expect(await store.createMethod(method, actor)).toEqual({ outcome: "created" });
          acknowledged.push(`${method.userId} ${method.id}`);
        } catch (error) {
          failures.push(error);
        }
      }
    };
    const killer = async () => {
      while (!isEnough()) {
        await execute(
          url,
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE datname = current_database() AND application_name = 'authentication-methods'`,
        );
      }
    };
    await Promise.all([killer(), ...Array.from({ length: 20 }, (_, number) => writer(number))]);

    for (const failure of failures) expect(failure).toBeInstanceOf(StoreUnavailableError);
    const rows = await execute(
      url,
      `SELECT user_id || ' ' || id AS method, credentials.user_id IS NOT NULL AS claimed
       FROM authentication_methods AS method LEFT JOIN credentials USING (credential_id, user_id)`,
    );
    expect(rows.map(({ method }) => method)).toEqual(expect.arrayContaining(acknowledged));
    expect(rows.every(({ claimed }) => claimed)).toBe(true);
  });
});

describe("a connection that is lost at the commit", () => {
  test.each([
    ["before the server has it", false],
    ["after the server has it", true],
  ])("%s is no acknowledgement", async (_when, isForwarded) => {
    const { proxy, store } = await openThroughProxy();
    let isCut = false;
    proxy.watch((data) => {
      const isCommit = data.includes("COMMIT");
      if (isCommit && isForwarded) setImmediate(() => proxy.cut());
      isCut ||= isCommit;
      return !isCommit || isForwarded;
    });
    await expect(store.createMethod(phone(ada), actor)).rejects.toThrow(StoreUnavailableError);
    expect(isCut).toBe(true);
  });

  test("is never made good by writes outside of their transaction", async () => {
    const sql = openConnections(await temporarySchema(), 1);
    onTestFinished(() => sql.end());
    await sql`BEGIN READ WRITE`;
    await sql`CREATE TABLE kept (id int)`;
    await sql`COMMIT`;
    await expect(sql`INSERT INTO kept VALUES (1)`).rejects.toThrow(/read-only transaction/);
  });
});

describe("a database without room", () => {
  test("is told apart, still read, and written again once there is room", async () => {
    const url = await temporarySchema();
    const store = await open(url);
    const kept = phone(ada);
    await store.createMethod(kept, actor);
    await beforeInsert(url, "authentication_methods", "RAISE disk_full");
    await expect(store.createMethod(phone(ada), actor)).rejects.toThrow(StoreFullError);
    expect(await idsOf(store)).toEqual([kept.id]);
    await execute(url, "DROP FUNCTION refuse CASCADE");
    expect(await store.createMethod(phone(ada), actor)).toEqual({ outcome: "created" });
  });
});

describe("a transaction that others get ahead of", () => {
  test.each(["serialization_failure", "deadlock_detected"])("is run again after %s", async (condition) => {
    const url = await temporarySchema();
    const store = await open(url);
    await execute(url, "CREATE SEQUENCE attempts");
    await beforeInsert(url, "credentials", `IF nextval('attempts') < 4 THEN RAISE ${condition}; END IF`);
    const methods = [passkey(ada), securityKey(ada)];
    const outcomes = await Promise.all(methods.map((method) => store.createMethod(method, actor)));
    expect(outcomes).toEqual([{ outcome: "created" }, { outcome: "created" }]);
    expect(await idsOf(store)).toEqual(methods.map(({ id }) => id));
  });

  test("is given up after some times", async () => {
    const url = await temporarySchema();
    const store = await open(url);
    await beforeInsert(url, "credentials", "RAISE serialization_failure");
    await expect(store.createMethod(passkey(ada), actor)).rejects.toThrow(StoreUnavailableError);
    expect(await store.createMethod(phone(ada), actor)).toEqual({ outcome: "created" });
  });
});

test("does in parts what PostgreSQL has not the memory to do at once", async () => {
  const url = await temporarySchema();
  const store = await open(url);
  await execute(
    url,
    `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN IF (SELECT count(*) FROM rows) > 1 THEN RAISE out_of_memory; END IF; RETURN NULL; END $$;
     CREATE TRIGGER refuse AFTER INSERT ON authentication_methods
       REFERENCING NEW TABLE AS rows FOR EACH STATEMENT EXECUTE FUNCTION refuse()`,
  );
  const outcomes = await Promise.all(
    [phone(ada), email(ada)].map((method) => store.createMethod(method, actor)),
  );
  expect(outcomes).toEqual([{ outcome: "created" }, { outcome: "created" }]);
});

test("tells nothing of a method in the error of a statement that fails", async () => {
  const url = await temporarySchema();
  const store = await open(url);
  await execute(url, "ALTER TABLE authentication_methods ADD CHECK (unique_value <> '+442071838750')");
  const error: unknown = await store
    .createMethod(phone(ada, "+442071838750"), actor)
    .catch((reason) => reason);
  expect(inspect(error, { depth: 9, showHidden: true })).toMatch(/23514/);
  expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/442071838750|auth0/);
});

test("finds rows by their keys even in tables that were empty when it started", async () => {
  const url = await temporarySchema();
  // Connections report what they have scanned when they are closed; to make an index is one, too.
  const scans = () =>
    execute(url, "SELECT relname, seq_scan FROM pg_stat_user_tables WHERE schemaname = current_schema()");
  await (await openStore(url, acceptUnknownUsers)).close();
  const before = await scans();

  const store = await openStore(url, acceptUnknownUsers);
  for (let turn = 0; turn < 8; turn += 1) {
    const [method, key] = [phone(ada), securityKey(`auth0|${turn}`)];
    await Promise.all([store.createMethod(method, actor, answer(`${turn}`)), store.createMethod(key, actor)]);
    await store.updateMethod(ada, method.id, { name: "Named" }, actor);
    await Promise.all([store.getMethod(ada, method.id), idsOf(store), store.getUser(ada)]);
    await Promise.all([
      store.deleteMethod(ada, method.id, actor),
      store.replaceMethods(key.userId, [], actor),
    ]);
  }
  await store.close();
  const expected = before.map(({ relname, seq_scan: count }) => ({
    relname,
    // The version is looked up when a store is opened.
    seq_scan: relname === "schema_migrations" ? expect.anything() : count,
  }));
  expect(await scans()).toEqual(expected);
});
