import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { openStore } from "../../../server/store/open.ts";
import type { MethodRecord, Store } from "../../../server/store/store.ts";
import { hasPgbouncer, temporaryPool } from "../../support/pgbouncer.ts";
import { execute } from "../../support/postgres.ts";
import { temporarySchema } from "../../support/postgres-schema.ts";
import { acceptUnknownUsers, actor, answer, email, limits, passkey, phone, securityKey } from "./records.ts";

const ada = "auth0|ada";
const userIds = Array.from({ length: 50 }, (_, number) => `auth0|${number}`);

let url: string;
let stores: readonly Store[];

async function openStores(databaseUrl: string): Promise<void> {
  url = databaseUrl;
  stores = await Promise.all([1, 2, 3].map(() => openStore(url, acceptUnknownUsers)));
  onTestFinished(async () => {
    await Promise.all(stores.map((store) => store.close()));
  });
}

/** Sends each to the next of the servers, all at once. */
function race<Item, Result>(
  items: readonly Item[],
  send: (store: Store, item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  return Promise.all(items.map((item, index) => send(stores[index % stores.length] as Store, item)));
}

function count(outcomes: readonly { readonly outcome: string }[], outcome: string): number {
  return outcomes.filter((each) => each.outcome === outcome).length;
}

async function methodsOf(userId: string): Promise<readonly MethodRecord[]> {
  const listed = await stores[0]?.listMethods(userId, { offset: 0, limit: 1000 });
  return listed?.outcome === "found" ? listed.methods : [];
}

const databases = [
  ["on one PostgreSQL", true, temporarySchema],
  ["that share its sessions through PgBouncer", hasPgbouncer, () => temporaryPool("transaction")],
] as const;

describe.for(databases)("three servers %s", ([_where, isThere, temporaryDatabase]) => {
  beforeEach(async ({ skip }) => {
    skip(!isThere, "pgbouncer is not installed");
    await openStores(await temporaryDatabase());
  });

  test("give a credential to one of fifty users that register it at once", async () => {
    const outcomes = await race(userIds, (store, userId) =>
      store.createMethod(passkey(userId, "credential"), actor),
    );
    expect([count(outcomes, "created"), count(outcomes, "duplicate")]).toEqual([1, 49]);
    expect(await execute(url, "SELECT FROM authentication_methods")).toHaveLength(1);
    expect(await execute(url, "SELECT FROM credentials")).toHaveLength(1);
  });

  test("stop at the limit and take each value once", async () => {
    const numbers = Array.from({ length: 60 }, (_, index) => `+4420718387${index % 20}`);
    const outcomes = await race(numbers, (store, number) => store.createMethod(phone(ada, number), actor));
    expect(count(outcomes, "created")).toBe(limits.phone);
    const values = (await methodsOf(ada)).map(({ uniqueValue }) => uniqueValue);
    expect(new Set(values).size).toBe(limits.phone);
  });

  test("leave no more than the limit, and no value twice, when some replace all while others create", async () => {
    const turns = Array.from({ length: 30 }, (_, index) => index);
    await race(turns, async (store, turn) =>
      turn % 2 === 0
        ? store.createMethod(email(ada, `${turn % 5}@example.com`), actor)
        : store.replaceMethods(ada, [email(ada, "0@example.com"), email(ada, "1@example.com")], actor),
    );
    const values = (await methodsOf(ada)).map(({ uniqueValue }) => uniqueValue);
    expect(values.length).toBeLessThanOrEqual(limits.email);
    expect(new Set(values).size).toBe(values.length);
  });

  test("create once for a key that comes to all of them at once, whoever it is for", async () => {
    const outcomes = await race(userIds, (store, userId) =>
      store.createMethod(phone(userId), actor, answer("key-1")),
    );
    expect([count(outcomes, "created"), count(outcomes, "replayed")]).toEqual([1, 49]);
    expect(await execute(url, "SELECT FROM authentication_methods")).toHaveLength(1);
    expect(await execute(url, "SELECT FROM idempotent_answers")).toHaveLength(1);
  });

  test("create users and settings once", async () => {
    const user = { id: ada, connection: "db", email: null, name: null, createdAt: 1 };
    const outcomes = await race(userIds, (store) => store.createUser(user, actor));
    expect(outcomes.filter((outcome) => outcome === "created")).toHaveLength(1);
    const values = await race(userIds, (store, userId) => store.getOrCreateSetting("name", userId));
    expect(new Set(values).size).toBe(1);
  });

  test("do not lock each other out, whatever the order in which users and credentials come", async () => {
    const turns = Array.from({ length: 90 }, (_, index) => index);
    // Each takes over what another gives up, in opposite orders.
    const keys = ["a", "b", "c"];
    const outcomes = await race(turns, async (store, turn) => {
      const userId = `auth0|${turn % 4}`;
      const held = turn % 2 === 0 ? keys : keys.toReversed();
      return store.replaceMethods(
        userId,
        turn % 3 === 0 ? [] : held.map((key) => securityKey(userId, key)),
        actor,
      );
    });
    expect(count(outcomes, "replaced") + count(outcomes, "duplicate")).toBe(outcomes.length);
    const rows = await execute(
      url,
      "SELECT method.id, credentials.method_id FROM authentication_methods AS method FULL JOIN credentials USING (credential_id)",
    );
    for (const { id, method_id: holder } of rows) expect(holder).toBe(id);
  });
});
