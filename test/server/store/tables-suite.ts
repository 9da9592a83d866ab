import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Store } from "../../../server/store/store.ts";
import { pages, type Tables } from "../../../server/store/tables.ts";
import {
  acceptUnknownUsers,
  actor,
  answer,
  email,
  passkey,
  phone,
  securityKey,
  startOf2026,
  totp,
  user,
} from "./records.ts";
import type { TestDatabase } from "./suite.ts";

/** A test's own empty database that can be opened as tables, too. */
export interface DatabaseWithTables extends TestDatabase {
  /** The suite closes what it opens. */
  openTables(): Promise<Tables>;
}

/** What every `Tables` must do, whatever the data is kept in. */
export function describeTables(name: string, createDatabase: () => Promise<DatabaseWithTables>): void {
  describe(name, () => {
    let database: DatabaseWithTables;
    let store: Store;
    let tables: Tables;

    beforeEach(async () => {
      database = await createDatabase();
      store = await database.open(acceptUnknownUsers);
      tables = await database.openTables();
    });

    afterEach(async () => {
      await Promise.all([store.close(), tables.close()]);
      await database.remove();
    });

    describe("reading", () => {
      test("gives what a server wrote, as it was written", async () => {
        const [ada, nameless] = [user(), user({ email: null, name: null })];
        const make = [phone, email, totp, securityKey, passkey];
        const methods = make.map((each) => each(ada.id)).sort((a, b) => (a.id < b.id ? -1 : 1));
        const kept = answer("key-1");
        await store.createUser(ada, actor);
        await store.createUser(nameless, actor);
        for (const [index, method] of methods.entries())
          await store.createMethod(method, actor, index === 0 ? kept : undefined);
        await store.getOrCreateSetting("b", "2");
        await store.getOrCreateSetting("a", "1");

        expect(await tables.usersAfter(undefined, 10)).toEqual([ada, nameless]);
        expect(await tables.methodsAfter(undefined, 10)).toEqual(methods);
        expect(await tables.answersAfter(undefined, 10, startOf2026)).toEqual([kept]);
        expect(await tables.settings()).toEqual([
          { name: "a", value: "1" },
          { name: "b", value: "2" },
        ]);
        expect(await tables.counts()).toEqual({
          users: 2,
          methods: 5,
          credentials: 2,
          answers: 1,
          events: 7,
          settings: 2,
        });
      });

      test("gives nothing of an empty database", async () => {
        expect(await tables.usersAfter(undefined, 10)).toEqual([]);
        expect(await tables.methodsAfter(undefined, 10)).toEqual([]);
        expect(await tables.answersAfter(undefined, 10, 0)).toEqual([]);
        expect(await tables.settings()).toEqual([]);
        expect(await tables.lastUser()).toBeUndefined();
        expect(await tables.lastMethod()).toBeUndefined();
      });

      test("pages through users and methods in the order of their keys' bytes, none left out or twice", async () => {
        // In UTF-16, and in most languages' order, these would stand otherwise.
        const ids = ["a|A", "a|B", "a|a", "a|a|", "a|b", "a|á", "a|\uff5e", "a|\u{1f511}"];
        for (const id of ids.toReversed()) {
          await store.createUser(user({ id }), actor);
          await store.createMethod(phone(id, "+441", { id: "phone|dev_b" }), actor);
          await store.createMethod(phone(id, "+442", { id: "phone|dev_B" }), actor);
        }
        const read: string[] = [];
        for await (const page of pages((key: { id: string } | undefined) => tables.usersAfter(key, 3)))
          read.push(...page.map(({ id }) => id));
        expect(read).toEqual(ids);

        const keys: string[] = [];
        const next = (key: { userId: string; id: string } | undefined) => tables.methodsAfter(key, 3);
        for await (const page of pages(next)) keys.push(...page.map(({ userId, id }) => `${userId} ${id}`));
        expect(keys).toEqual(ids.flatMap((id) => [`${id} phone|dev_B`, `${id} phone|dev_b`]));
        expect(await tables.lastUser()).toEqual({ id: ids.at(-1) });
        expect(await tables.lastMethod()).toEqual({ userId: ids.at(-1), id: "phone|dev_b" });
      });

      test("leaves out answers that have expired", async () => {
        const answers = [answer("a", { expiresAt: 10 }), answer("b", { expiresAt: 20 }), answer("c")];
        await tables.putAnswers(answers);
        expect(await tables.answersAfter(undefined, 1, 10)).toEqual([answers[1]]);
        expect(await tables.answersAfter(answers[1], 1, 10)).toEqual([answers[2]]);
      });
    });

    describe("putting", () => {
      test("makes records that the store serves as if they had been created there", async () => {
        const ada = user();
        const methods = [phone(ada.id), passkey(ada.id, "a-credential"), totp(ada.id, "a-fingerprint")];
        const kept = answer("key-1");
        await tables.putUsers([ada]);
        await tables.putMethods(methods);
        await tables.putAnswers([kept]);
        await tables.putSettings([{ name: "a", value: "1" }]);

        expect(await store.getUser(ada.id)).toEqual(ada);
        expect(await store.listMethods(ada.id, { offset: 0, limit: 9 })).toEqual({
          outcome: "found",
          methods,
          total: 3,
        });
        expect(await store.createMethod(passkey("auth0|other", "a-credential"), actor)).toEqual({
          outcome: "duplicate",
        });
        expect(await store.createMethod(totp(ada.id, "a-fingerprint"), actor)).toEqual({
          outcome: "duplicate",
        });
        expect(await store.createMethod(phone(ada.id), actor, kept)).toEqual({
          outcome: "replayed",
          answer: kept,
        });
        expect(await store.getOrCreateSetting("a", "2")).toBe("1");
      });

      test("leaves alone what is there, and can be done twice", async () => {
        const ada = user();
        const method = passkey(ada.id);
        const kept = answer("key-1");
        for (const changed of [{}, { name: "Other" }]) {
          await tables.putUsers([{ ...ada, ...changed }]);
          await tables.putMethods([{ ...method, attributes: { ...method.attributes, ...changed } }]);
          await tables.putAnswers([{ ...kept, payloadHash: `hash${Object.keys(changed).length}` }]);
          await tables.putSettings([{ name: "a", value: String(Object.keys(changed).length) }]);
        }
        expect(await tables.usersAfter(undefined, 9)).toEqual([ada]);
        expect(await tables.methodsAfter(undefined, 9)).toEqual([method]);
        expect(await tables.answersAfter(undefined, 9, 0)).toEqual([{ ...kept, payloadHash: "hash0" }]);
        expect(await tables.settings()).toEqual([{ name: "a", value: "0" }]);
        expect((await tables.counts()).credentials).toBe(1);
      });

      test("leaves out a method whose credential another one has, and keeps the others", async () => {
        const first = passkey("auth0|1", "a-credential");
        const second = passkey("auth0|2", "a-credential");
        const third = phone("auth0|3");
        await tables.putMethods([first]);
        await tables.putMethods([second, third]);
        expect(await tables.methodsAfter(undefined, 9)).toEqual([first, third]);
      });

      test("takes a thousand at once, and none", async () => {
        const methods = Array.from({ length: 1000 }, (_, index) => securityKey(`auth0|${index}`));
        await tables.putMethods(methods);
        await tables.putMethods([]);
        await tables.putUsers([]);
        expect(await tables.counts()).toMatchObject({ methods: 1000, credentials: 1000 });
      });
    });

    describe("replacing a ciphertext", () => {
      test("replaces the one that is there and no other", async () => {
        const [first, second] = [totp("auth0|1"), totp("auth0|1")];
        const kept = answer("key-1");
        await tables.putMethods([first, second]);
        await tables.putAnswers([kept]);
        await tables.putSettings([{ name: "a", value: "old" }]);
        const from = first.encryptedSecret ?? "";

        expect(await tables.replaceSecrets([{ key: first, from, to: "new" }])).toBe(1);
        expect(await tables.replaceAnswers([{ key: kept, from: kept.encryptedAnswer, to: "new" }])).toBe(1);
        expect(await tables.replaceSettings([{ key: { name: "a" }, from: "old", to: "new" }])).toBe(1);

        expect(await tables.methodsAfter(undefined, 9)).toEqual([
          { ...first, encryptedSecret: "new" },
          second,
        ]);
        expect(await tables.answersAfter(undefined, 9, 0)).toEqual([{ ...kept, encryptedAnswer: "new" }]);
        expect(await tables.settings()).toEqual([{ name: "a", value: "new" }]);
      });

      test("leaves alone what has changed or gone meanwhile", async () => {
        const method = totp("auth0|1");
        const kept = answer("key-1");
        await tables.putMethods([method, phone("auth0|1")]);
        await tables.putAnswers([kept]);
        await tables.putSettings([{ name: "a", value: "changed" }]);
        const before = await tables.methodsAfter(undefined, 9);
        const stale = { from: "what was read before", to: "new" };

        expect(
          await tables.replaceSecrets([
            { key: method, ...stale },
            { key: { userId: "auth0|1", id: "totp|dev_gone" }, ...stale },
          ]),
        ).toBe(0);
        expect(await tables.replaceAnswers([{ key: kept, ...stale }])).toBe(0);
        expect(await tables.replaceSettings([{ key: { name: "a" }, ...stale }])).toBe(0);
        expect(await tables.methodsAfter(undefined, 9)).toEqual(before);
        expect(await tables.answersAfter(undefined, 9, 0)).toEqual([kept]);
        expect(await tables.settings()).toEqual([{ name: "a", value: "changed" }]);
      });

      test("takes a thousand at once and counts those replaced", async () => {
        const methods = Array.from({ length: 1000 }, (_, index) => totp(`auth0|${index}`));
        await tables.putMethods(methods);
        const replacements = methods.map((method, index) => ({
          key: method,
          from: index % 2 === 0 ? (method.encryptedSecret ?? "") : "stale",
          to: "new",
        }));
        expect(await tables.replaceSecrets(replacements)).toBe(500);
        expect(await tables.replaceSecrets([])).toBe(0);
      });
    });
  });
}
