import { createSecretKey } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { toAuditEvent } from "../../../server/store/audit/event.ts";
import { AuditMac } from "../../../server/store/audit/mac.ts";
import { verifyAudit } from "../../../server/store/audit/verify.ts";
import type { Store } from "../../../server/store/store.ts";
import { pages } from "../../../server/store/tables.ts";
import { acceptUnknownUsers, actor, answer, passkey, phone, rejectUnknownUsers, user } from "./records.ts";
import type { DatabaseWithTables } from "./tables-suite.ts";

/** A test's own empty database that can be written to behind the store's back. */
export interface TamperableDatabase extends DatabaseWithTables {
  execute(sql: string): Promise<void>;
  /** A condition for the events of a chain at a place. */
  at(chainId: number, sequence: number): string;
}

const mac = new AuditMac(await rejectUnknownUsers.auditKey({ getOrCreateSetting: async () => "" }));
const page = { offset: 0, limit: 50 };

/** What the audit trail of every `Store` must do. */
export function describeAudit(name: string, createDatabase: () => Promise<TamperableDatabase>): void {
  describe(name, () => {
    let database: TamperableDatabase;
    let store: Store;
    let closing: (() => Promise<void>)[];

    async function open(options = rejectUnknownUsers): Promise<Store> {
      const opened = await database.open(options);
      closing.push(() => opened.close());
      return opened;
    }

    async function withTables<Result>(
      work: (tables: Awaited<ReturnType<TamperableDatabase["openTables"]>>) => Promise<Result>,
    ): Promise<Result> {
      const tables = await database.openTables();
      try {
        return await work(tables);
      } finally {
        await tables.close();
      }
    }

    const verify = () => withTables((tables) => verifyAudit(tables, mac));
    const faults = async () => (await verify()).faults;
    const all = () =>
      withTables(async (tables) => {
        const rows = await Array.fromAsync(
          pages((key: Parameters<typeof tables.auditEventsAfter>[0]) =>
            tables.auditEventsAfter(key, 7, { since: 0, userId: undefined }),
          ),
        );
        return rows.flat().map(toAuditEvent);
      });
    const told = async () =>
      (await all()).map(({ action, userId, methodId, outcome }) => [action, userId, methodId, outcome]);

    beforeEach(async () => {
      database = await createDatabase();
      closing = [];
      store = await open();
    });

    afterEach(async () => {
      await Promise.all(closing.map((close) => close()));
      await database.remove();
    });

    describe("records", () => {
      test("every change with its outcome, and each method that comes or goes in a change of many", async () => {
        const ada = user();
        const [one, two, three] = [phone(ada.id), phone(ada.id), phone(ada.id)];
        await store.createUser(ada, actor);
        await store.createUser(ada, actor);
        await store.createMethod(one, actor);
        await store.createMethod({ ...two, uniqueValue: one.uniqueValue }, actor);
        await store.createMethod(phone("auth0|nobody"), actor);
        await store.updateMethod(ada.id, one.id, { name: "x" }, actor);
        await store.updateMethod(ada.id, two.id, { name: "x" }, actor);
        await store.replaceMethods(ada.id, [two, three], actor);
        await store.deleteMethod(ada.id, two.id, actor);
        await store.deleteMethod(ada.id, two.id, actor);
        await store.deleteMethods(ada.id, actor);
        await store.deleteUser(ada.id, actor);
        await store.deleteUser(ada.id, actor);
        const on = ada.id;
        expect(await told()).toEqual([
          ["user.create", on, null, "success"],
          ["user.create", on, null, "duplicate"],
          ["authentication_method.create", on, one.id, "success"],
          ["authentication_method.create", on, two.id, "duplicate"],
          ["authentication_method.create", "auth0|nobody", expect.any(String), "unknown-user"],
          ["authentication_method.update", on, one.id, "success"],
          ["authentication_method.update", on, two.id, "unknown-method"],
          ["authentication_method.delete", on, one.id, "success"],
          ["authentication_method.create", on, two.id, "success"],
          ["authentication_method.create", on, three.id, "success"],
          ["authentication_method.replace", on, null, "success"],
          ["authentication_method.delete", on, two.id, "success"],
          ["authentication_method.delete", on, two.id, "unknown-method"],
          ["authentication_method.delete", on, three.id, "success"],
          ["authentication_method.delete_all", on, null, "success"],
          ["user.delete", on, null, "success"],
          ["user.delete", on, null, "unknown-user"],
        ]);
        expect(await faults()).toEqual([]);
      });

      test("that a passkey or a limit kept something from being done", async () => {
        const ada = user();
        await store.createUser(ada, actor);
        await store.createMethod(passkey(ada.id), actor);
        await store.deleteMethods(ada.id, actor);
        await store.replaceMethods(ada.id, [], actor);
        for (let index = 0; index < 4; index += 1) await store.createMethod(phone(ada.id), actor);
        const outcomes = (await all()).map(({ outcome }) => outcome);
        expect(outcomes.filter((outcome) => outcome !== "success")).toEqual([
          "has-passkey",
          "has-passkey",
          "limit-reached",
        ]);
      });

      test("who did it, when and from where, and nothing of what was kept", async () => {
        const before = Date.now() * 1_000;
        const ada = user();
        await store.createUser(ada, actor);
        await store.createMethod(phone(ada.id, "+442071838750"), actor);
        const [first, second] = await all();
        expect(first).toMatchObject({ ...actor, userId: ada.id, methodId: null });
        expect(first?.occurredAt).toBeGreaterThanOrEqual(before);
        expect(second?.occurredAt).toBeGreaterThan(first?.occurredAt ?? 0);
        expect(JSON.stringify(await all())).not.toMatch(/8750|example\.com|Lovelace/);
      });

      test("leaves out of an actor what is not known", async () => {
        const alone = { subject: "cli", clientId: undefined, requestId: undefined, address: undefined };
        await store.createUser(user(), alone);
        expect(await all()).toEqual([expect.objectContaining(alone)]);
      });

      test("a read by whom sees everything before it is given, and no other", async () => {
        const ada = user();
        const method = phone(ada.id);
        await store.createUser(ada, actor);
        await store.createMethod(method, actor);
        await store.getUser(ada.id);
        await store.getMethod(ada.id, method.id);
        await store.listMethods(ada.id, page);
        await store.getUser(ada.id, actor);
        await store.getMethod(ada.id, method.id, actor);
        await store.listMethods(ada.id, page, actor);
        await store.getUser("auth0|nobody", actor);
        await store.getMethod(ada.id, "phone|dev_none", actor);
        expect((await told()).slice(2)).toEqual([
          ["user.read", ada.id, null, "success"],
          ["authentication_method.read", ada.id, method.id, "success"],
          ["authentication_method.list", ada.id, null, "success"],
          ["user.read", "auth0|nobody", null, "unknown-user"],
          ["authentication_method.read", ada.id, "phone|dev_none", "unknown-method"],
        ]);
      });

      test("that a kept answer was given again, by the method it is about", async () => {
        const accepting = await open(acceptUnknownUsers);
        const first = phone("auth0|1");
        const kept = answer("key", { methodId: first.id });
        await accepting.createMethod(first, actor, kept);
        await accepting.createMethod(phone("auth0|1"), actor, kept);
        expect((await told()).at(-1)).toEqual([
          "authentication_method.replay",
          "auth0|1",
          first.id,
          "success",
        ]);
      });

      test("nothing of a write that failed", async () => {
        const ada = user();
        await store.createUser(ada, actor);
        const method = phone(ada.id);
        await store.createMethod(method, actor);
        const before = await told();
        // The attributes of this one have no JSON.
        const broken = { ...phone(ada.id), createdAt: "x" as unknown as number };
        await expect(store.createMethod(broken, actor)).rejects.toThrow();
        expect(await told()).toEqual(before);
        expect(await faults()).toEqual([]);
      });

      test("what many writers do at once, each in a chain that holds", async () => {
        const accepting = [await open(acceptUnknownUsers), await open(acceptUnknownUsers)];
        await Promise.all(
          Array.from({ length: 300 }, (_, index) =>
            accepting[index % 2]?.createMethod(phone(`auth0|${index}`), actor),
          ),
        );
        const { events, chains, faults: found } = await verify();
        expect({ events, found }).toEqual({ events: 300, found: [] });
        expect(chains).toBeGreaterThanOrEqual(2);
      });
    });

    describe("lists the events of a user", () => {
      test("the latest first, page by page, also after it was deleted", async () => {
        const [ada, grace] = [user(), user()];
        await store.createUser(ada, actor);
        await store.createUser(grace, actor);
        for (let index = 0; index < 3; index += 1) await store.createMethod(phone(ada.id), actor);
        await store.deleteUser(ada.id, actor);
        const whole = await store.listAuditEvents(ada.id, 100);
        expect(whole.map(({ action }) => action)).toEqual([
          "user.delete",
          "authentication_method.delete",
          "authentication_method.delete",
          "authentication_method.delete",
          "authentication_method.create",
          "authentication_method.create",
          "authentication_method.create",
          "user.create",
        ]);
        const first = await store.listAuditEvents(ada.id, 3);
        const second = await store.listAuditEvents(ada.id, 100, first.at(-1));
        expect([...first, ...second]).toEqual(whole);
        expect(await store.listAuditEvents("auth0|nobody", 10)).toEqual([]);
      });

      test("of one user only where the tables are asked for it, and from a moment on", async () => {
        const [ada, grace] = [user(), user()];
        for (const each of [ada, grace, ada]) await store.createUser(each, actor);
        const [, second] = await all();
        const of = (userId: string | undefined, since: number) =>
          withTables((tables) => tables.auditEventsAfter(undefined, 9, { userId, since }));
        expect(await of(ada.id, 0)).toHaveLength(2);
        expect(await of(undefined, second?.occurredAt ?? 0)).toHaveLength(2);
        expect(await of(ada.id, second?.occurredAt ?? 0)).toHaveLength(1);
      });
    });

    describe("finds", () => {
      async function seeded(): Promise<void> {
        const ada = user();
        await store.createUser(ada, actor);
        for (let index = 0; index < 3; index += 1) await store.createMethod(phone(ada.id), actor);
      }

      test("nothing where nothing was done to it", async () => {
        expect(await verify()).toEqual({ events: 0, chains: 0, faults: [] });
        await seeded();
        expect(await verify()).toEqual({ events: 4, chains: expect.any(Number), faults: [] });
      });

      test.each([
        ["that its event was changed", "event = replace(event, 'tester', 'nobody')"],
        ["that its moment was changed", "occurred_at = occurred_at + 1"],
        ["that its user was changed", "user_id = 'auth0|other'"],
        ["that its seal was changed", "seal = 'x'"],
        ["that its seal was removed", "seal = NULL"],
      ])("%s", async (_name, change) => {
        await seeded();
        const [event] = await all();
        if (event === undefined) throw new Error("There is no event");
        await database.execute(
          `UPDATE audit_events SET ${change} WHERE ${database.at(event.chainId, event.sequence)}`,
        );
        expect((await faults())[0]).toMatch(/^Chain 1: events? 1 .*(was|were) changed\.$/);
      });

      test.each([0, 1, 2, 3])("that event %i was removed, the last too", async (index) => {
        await seeded();
        const event = (await all())[index];
        if (event === undefined) throw new Error("There is no event");
        const { chainId, sequence } = event;
        await database.execute(`DELETE FROM audit_events WHERE ${database.at(chainId, sequence)}`);
        expect(await faults()).toContain(`Chain ${chainId}: event ${sequence} was removed.`);
      });

      test("that the last was removed and the end of its chain was set back", async () => {
        await seeded();
        const last = (await all()).at(-1);
        if (last === undefined) throw new Error("There is no event");
        const { chainId, sequence } = last;
        await database.execute(`DELETE FROM audit_events WHERE ${database.at(chainId, sequence)}`);
        await database.execute(
          `UPDATE audit_chains SET sequence = ${sequence - 1} WHERE chain_id = ${chainId}`,
        );
        expect(await faults()).toEqual([`The end of chain ${chainId} was changed.`]);
      });

      test("that a chain was removed as a whole, the last too", async () => {
        await seeded();
        const last = (await all()).at(-1);
        await database.execute("DELETE FROM audit_events");
        await database.execute(`DELETE FROM audit_chains WHERE chain_id = ${last?.chainId}`);
        expect(await faults()).toContain(`Chain ${last?.chainId} was removed.`);
      });

      test("that the register of the chains was changed, and does not mend it by writing on", async () => {
        await seeded();
        await database.execute("UPDATE audit_chains SET mac = 'x' WHERE chain_id = 0");
        await (await open()).createUser(user(), actor);
        expect(await faults()).toEqual(["The register of the chains was changed."]);
      });

      test("that an event was put in between, behind and where there is no chain", async () => {
        await seeded();
        const rows = await withTables((tables) => tables.auditEventsOf(1, 0, 10));
        const last = rows.at(-1);
        if (last === undefined) throw new Error("There is no event");
        await withTables((tables) => tables.putAuditEvents([{ ...last, sequence: last.sequence + 1 }]));
        expect(await faults()).toContain(`Chain 1: event ${last.sequence + 1} was put in.`);
        await withTables((tables) => tables.putAuditEvents([{ ...last, chainId: 77, sequence: 1 }]));
        expect(await faults()).toContain("1 events are in no chain: they were put in.");
      });

      test("what was forged without the key", async () => {
        await seeded();
        const other = new AuditMac(createSecretKey(Buffer.alloc(32, 9)));
        expect((await withTables((tables) => verifyAudit(tables, other))).faults.length).toBeGreaterThan(0);
      });
    });

    describe("removes", () => {
      test("events after their time, and stays verifiable", async () => {
        const ada = user();
        await store.createUser(ada, actor);
        await store.createMethod(phone(ada.id), actor);
        const moment = ((await all()).at(-1)?.occurredAt ?? 0) + 1;
        await store.removeExpired(0, 0);
        expect(await all()).toHaveLength(2);
        await store.removeExpired(0, moment);
        expect(await all()).toEqual([]);
        expect(await faults()).toEqual([]);
        await store.createMethod(phone(ada.id), actor);
        expect(await all()).toHaveLength(1);
        expect(await faults()).toEqual([]);
      });

      test("no more than was due, which verification finds", async () => {
        const ada = user();
        for (let index = 0; index < 4; index += 1) await store.createUser(ada, actor);
        const [, second, third] = await all();
        await store.removeExpired(0, second?.occurredAt ?? 0);
        expect(await all()).toHaveLength(3);
        if (second === undefined || third === undefined) throw new Error("There is no event");
        await database.execute(
          `DELETE FROM audit_events WHERE ${database.at(second.chainId, second.sequence)}`,
        );
        await database.execute(
          `UPDATE audit_chains SET start_sequence = ${second.sequence} WHERE chain_id = 1`,
        );
        expect(await faults()).toContain(
          `The beginning of chain ${second.chainId} was changed: events before ${second.sequence + 1} may be missing.`,
        );
      });

      test("idempotent answers after their time, and no other", async () => {
        const accepting = await open(acceptUnknownUsers);
        await accepting.createMethod(phone("auth0|1"), actor, answer("old", { expiresAt: 10 }));
        await accepting.createMethod(phone("auth0|1"), actor, answer("new", { expiresAt: 12 }));
        await accepting.removeExpired(11, 0);
        const kept = await withTables((tables) => tables.answersAfter(undefined, 9, 0));
        expect(kept.map(({ key }) => key)).toEqual(["new"]);
      });
    });
  });
}
