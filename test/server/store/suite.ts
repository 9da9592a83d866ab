import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { StoreUnavailableError } from "../../../server/store/errors.ts";
import type { MethodRecord, Store, StoreOptions } from "../../../server/store/store.ts";
import {
  acceptUnknownUsers,
  actor,
  answer,
  email,
  limits,
  passkey,
  phone,
  rejectUnknownUsers,
  securityKey,
  startOf2026,
  totp,
  user,
} from "./records.ts";

/** An empty database. */
export interface TestDatabase {
  /** Opens a store on it: the same data each time. The suite closes what it opens. */
  open(options: StoreOptions): Promise<Store>;
  /** Removes it. */
  remove(): Promise<void>;
}

/** One that many tests use, one after the other. */
export interface ReusedDatabase extends TestDatabase {
  /** Removes what stores have written, whether they are open or not. */
  empty(): Promise<void>;
}

/** What every `Store` must do, whatever it keeps its data in. */
export function describeStore(name: string, createDatabase: () => Promise<ReusedDatabase>): void {
  describe(name, () => {
    let database: ReusedDatabase;
    let sharedStore: Store;
    let opened: Store[];
    let store: Store;

    async function open(options: StoreOptions = rejectUnknownUsers): Promise<Store> {
      const another = await database.open(options);
      opened.push(another);
      return another;
    }

    async function createdUser(): Promise<string> {
      const created = user();
      expect(await store.createUser(created, actor)).toBe("created");
      return created.id;
    }

    async function created<Method extends MethodRecord>(method: Method): Promise<Method> {
      expect(await store.createMethod(method, actor)).toEqual({ outcome: "created" });
      return method;
    }

    async function methodsOf(userId: string, from = store): Promise<readonly MethodRecord[]> {
      const listed = await from.listMethods(userId, { offset: 0, limit: 1000 });
      if (listed.outcome !== "found") throw new Error(`listMethods: ${listed.outcome}`);
      return listed.methods;
    }

    beforeAll(async () => {
      database = await createDatabase();
      sharedStore = await database.open(rejectUnknownUsers);
    });

    afterAll(async () => {
      await sharedStore?.close();
      await database?.remove();
    });

    beforeEach(() => {
      opened = [];
      store = sharedStore;
    });

    afterEach(async () => {
      await Promise.all(opened.map((each) => each.close()));
      await database.empty();
    });

    describe("users", () => {
      test("gives a user back as it was created", async () => {
        const ada = user();
        expect(await store.createUser(ada, actor)).toBe("created");
        expect(await store.getUser(ada.id)).toEqual(ada);
      });

      test("keeps an email and a name that are null", async () => {
        const nameless = user({ email: null, name: null });
        await store.createUser(nameless, actor);
        expect(await store.getUser(nameless.id)).toEqual(nameless);
      });

      test("knows no user that was not created", async () => {
        expect(await store.getUser("auth0|nobody")).toBeUndefined();
      });

      test("leaves a user as it was when another is created under its id", async () => {
        const first = user();
        await store.createUser(first, actor);
        expect(await store.createUser(user({ id: first.id, name: "Someone else" }), actor)).toBe("duplicate");
        expect(await store.getUser(first.id)).toEqual(first);
      });

      test("creates one of two users of the same id that come at once", async () => {
        const id = "auth0|twice";
        const outcomes = await Promise.all([
          store.createUser(user({ id }), actor),
          store.createUser(user({ id }), actor),
        ]);
        expect(outcomes.sort()).toEqual(["created", "duplicate"]);
      });

      test("tells ids apart by case, accents and trailing spaces", async () => {
        for (const id of ["auth0|a", "auth0|A", "auth0|á", "auth0|a "]) {
          expect(await store.createUser(user({ id }), actor)).toBe("created");
        }
      });

      test("removes a user with its methods and frees its credentials", async () => {
        const userId = await createdUser();
        await created(phone(userId));
        await created(passkey(userId, "shared-credential"));
        await store.deleteUser(userId, actor);

        expect(await store.getUser(userId)).toBeUndefined();
        expect(await store.listMethods(userId, { offset: 0, limit: 50 })).toEqual({
          outcome: "unknown-user",
        });
        await store.createUser(user({ id: userId }), actor);
        expect(await methodsOf(userId)).toEqual([]);
        await created(passkey(await createdUser(), "shared-credential"));
      });

      test("leaves other users alone when one is removed", async () => {
        const [removed, kept] = [await createdUser(), await createdUser()];
        const method = await created(securityKey(kept));
        await store.deleteUser(removed, actor);
        expect(await methodsOf(kept)).toEqual([method]);
        expect(await store.createMethod(passkey(kept, method.credentialId ?? ""), actor)).toEqual({
          outcome: "duplicate",
        });
      });

      test("removes a user that is not there without an error", async () => {
        await expect(store.deleteUser("auth0|nobody", actor)).resolves.toBeUndefined();
      });
    });

    describe("creating a method", () => {
      test.each([
        ["phone", phone],
        ["email", email],
        ["totp", totp],
        ["webauthn-roaming", securityKey],
        ["passkey", passkey],
      ])("gives a %s back as it was created", async (_type, make) => {
        const method = await created(make(await createdUser()));
        expect(await store.getMethod(method.userId, method.id)).toEqual({ outcome: "found", method });
      });

      test("keeps attributes of every JSON kind, and keys that are special in JavaScript", async () => {
        const attributes = JSON.parse(
          '{"name":"Ünï©ode 🔑 \\"quoted\\" \'; DROP TABLE users;--","__proto__":{"admin":true},"constructor":null,"list":[1,2.5,"x"],"flag":false}',
        );
        const userId = await createdUser();
        const method = await created(phone(userId, "+441", { attributes }));
        const [kept] = await methodsOf(userId);
        expect(JSON.stringify(kept?.attributes)).toBe(JSON.stringify(method.attributes));
      });

      test("refuses an unknown user", async () => {
        expect(await store.createMethod(phone("auth0|nobody"), actor)).toEqual({ outcome: "unknown-user" });
        await store.createUser(user({ id: "auth0|nobody" }), actor);
        expect(await methodsOf("auth0|nobody")).toEqual([]);
      });

      test.each([
        ["phone", phone],
        ["email", email],
        ["totp", totp],
      ])("refuses a second %s of the same value on the same user only", async (_type, make) => {
        const userId = await createdUser();
        const first = await created(make(userId, "the-value"));
        expect(await store.createMethod(make(userId, "the-value"), actor)).toEqual({ outcome: "duplicate" });
        expect(await methodsOf(userId)).toEqual([first]);
        await created(make(await createdUser(), "the-value"));
      });

      test("takes the same value for methods of different types", async () => {
        const userId = await createdUser();
        await created(phone(userId, "the-value"));
        await created(email(userId, "the-value"));
      });

      test("refuses a credential that any user has, whatever its type", async () => {
        const [ada, grace] = [await createdUser(), await createdUser()];
        await created(passkey(ada, "credential"));
        for (const again of [
          passkey(ada, "credential"),
          passkey(grace, "credential"),
          securityKey(grace, "credential"),
        ]) {
          expect(await store.createMethod(again, actor)).toEqual({ outcome: "duplicate" });
        }
        expect(await methodsOf(grace)).toEqual([]);
      });

      test.each([
        ["phone", phone, limits.phone],
        ["email", email, limits.email],
        ["totp", totp, limits.totp],
        ["webauthn-roaming", securityKey, limits["webauthn-roaming"]],
        ["passkey", passkey, limits.passkey],
      ])("refuses a %s beyond the limit, and only of that type", async (type, make, limit) => {
        const userId = await createdUser();
        for (let number = 0; number < limit; number += 1) await created(make(userId));
        const beyond = make(userId);
        expect(await store.createMethod(beyond, actor)).toEqual({ outcome: "limit-reached" });
        expect(await methodsOf(userId)).toHaveLength(limit);
        await created(type === "email" ? phone(userId) : email(userId));
        await created(make(await createdUser(), beyond.uniqueValue ?? beyond.credentialId ?? ""));
      });

      test("names a duplicate before the limit", async () => {
        const userId = await createdUser();
        for (const number of ["+1", "+2", "+3"]) await created(phone(userId, number));
        expect(await store.createMethod(phone(userId, "+1"), actor)).toEqual({ outcome: "duplicate" });
      });

      test("names an unknown user before a duplicate", async () => {
        await created(passkey(await createdUser(), "credential"));
        expect(await store.createMethod(passkey("auth0|nobody", "credential"), actor)).toEqual({
          outcome: "unknown-user",
        });
      });

      test("creates one of many equal ones that come at once", async () => {
        const userId = await createdUser();
        const outcomes = await Promise.all(
          Array.from({ length: 8 }, () => store.createMethod(phone(userId, "+1"), actor)),
        );
        expect(outcomes.filter(({ outcome }) => outcome === "created")).toHaveLength(1);
        expect(outcomes.filter(({ outcome }) => outcome === "duplicate")).toHaveLength(7);
        expect(await methodsOf(userId)).toHaveLength(1);
      });

      test("gives a credential to one of many users that come at once", async () => {
        const userIds = await Promise.all(Array.from({ length: 8 }, createdUser));
        const outcomes = await Promise.all(
          userIds.map((userId) => store.createMethod(passkey(userId, "credential"), actor)),
        );
        expect(outcomes.filter(({ outcome }) => outcome === "created")).toHaveLength(1);
        const kept = await Promise.all(userIds.map((userId) => methodsOf(userId)));
        expect(kept.flat()).toHaveLength(1);
      });

      test("stops at the limit when one passkey too many comes at once", async () => {
        const userId = await createdUser();
        const outcomes = await Promise.all(
          Array.from({ length: limits.passkey + 1 }, () => store.createMethod(passkey(userId), actor)),
        );
        expect(outcomes.filter(({ outcome }) => outcome === "created")).toHaveLength(limits.passkey);
        expect(outcomes.filter(({ outcome }) => outcome === "limit-reached")).toHaveLength(1);
        expect(await methodsOf(userId)).toHaveLength(limits.passkey);
      });

      test("stops at the limit when several stores race on the same database", async () => {
        const userId = await createdUser();
        const stores = [store, await open(), await open()];
        const outcomes = await Promise.all(
          Array.from({ length: 30 }, (_, index) => stores[index % 3]?.createMethod(passkey(userId), actor)),
        );
        expect(outcomes.filter((each) => each?.outcome === "created")).toHaveLength(limits.passkey);
        expect(await methodsOf(userId)).toHaveLength(limits.passkey);
      });

      test("can be read as soon as it is created", async () => {
        const userId = await createdUser();
        const methods = Array.from({ length: 20 }, () => passkey(userId));
        await Promise.all(
          methods.map(async (method) => {
            await store.createMethod(method, actor);
            expect(await store.getMethod(userId, method.id)).toEqual({ outcome: "found", method });
          }),
        );
      });
    });

    describe("a write that fails unexpectedly", () => {
      // A moment that is no whole number is none that a database keeps.
      const broken = (method: MethodRecord) => ({ ...method, createdAt: 0.5 });

      test("neither fails nor half-applies the others of its turn", async () => {
        const userId = await createdUser();
        const methods = [phone(userId), broken(passkey(userId, "credential")), email(userId)];
        const results = await Promise.allSettled(methods.map((each) => store.createMethod(each, actor)));
        expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
        expect(await methodsOf(userId)).toEqual([methods[0], methods[2]]);
        await created(passkey(userId, "credential"));
      });

      test("leaves all as it was when it is a replacement", async () => {
        const userId = await createdUser();
        const kept = [await created(phone(userId)), await created(securityKey(userId, "credential"))];
        await expect(
          store.replaceMethods(userId, [phone(userId), broken(email(userId))], actor),
        ).rejects.toThrow();
        expect(await methodsOf(userId)).toEqual(kept);
        expect(await store.createMethod(passkey(userId, "credential"), actor)).toEqual({
          outcome: "duplicate",
        });
      });
    });

    describe("an idempotent create", () => {
      test("keeps the answer and replays it without creating again", async () => {
        const userId = await createdUser();
        const kept = answer("key-1");
        const first = phone(userId);
        expect(await store.createMethod(first, actor, kept)).toEqual({ outcome: "created" });
        const again = answer("key-1", { payloadHash: "another-hash", encryptedAnswer: "another-answer" });
        expect(await store.createMethod(phone(userId), actor, again)).toEqual({
          outcome: "replayed",
          answer: kept,
        });
        expect(await methodsOf(userId)).toEqual([first]);
      });

      test("creates once when the same key comes twice at once", async () => {
        const userId = await createdUser();
        const outcomes = await Promise.all([
          store.createMethod(phone(userId), actor, answer("key-1")),
          store.createMethod(phone(userId), actor, answer("key-1")),
        ]);
        expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(["created", "replayed"]);
        expect(await methodsOf(userId)).toHaveLength(1);
      });

      test("takes the same key of another scope for another", async () => {
        const userId = await createdUser();
        await store.createMethod(phone(userId), actor, answer("key-1"));
        expect(
          await store.createMethod(phone(userId), actor, answer("key-1", { scope: "client-2" })),
        ).toEqual({
          outcome: "created",
        });
      });

      test("replays before it looks at user, duplicates and limits", async () => {
        const userId = await createdUser();
        const method = phone(userId);
        const kept = answer("key-1");
        await store.createMethod(method, actor, kept);
        await store.deleteUser(userId, actor);
        expect(await store.createMethod(method, actor, kept)).toEqual({ outcome: "replayed", answer: kept });
      });

      test("keeps no answer of a create that was refused", async () => {
        const userId = await createdUser();
        const method = await created(phone(userId));
        expect(
          await store.createMethod(phone(userId, method.uniqueValue ?? ""), actor, answer("key-1")),
        ).toEqual({
          outcome: "duplicate",
        });
        expect(await store.createMethod(phone(userId), actor, answer("key-1"))).toEqual({
          outcome: "created",
        });
      });

      test("frees the key when the answer expires", async () => {
        const userId = await createdUser();
        const expiresAt = startOf2026 + 1_000_000_000;
        const first = answer("key-1", { expiresAt });
        await store.createMethod(phone(userId), actor, first);
        const lastMoment = phone(userId, "+1", { createdAt: expiresAt - 1 });
        expect(await store.createMethod(lastMoment, actor, answer("key-1"))).toEqual({
          outcome: "replayed",
          answer: first,
        });
        const second = answer("key-1", { expiresAt: expiresAt + 10, encryptedAnswer: "second" });
        const tooLate = phone(userId, "+2", { createdAt: expiresAt });
        expect(await store.createMethod(tooLate, actor, second)).toEqual({ outcome: "created" });
        const later = phone(userId, "+3", { createdAt: expiresAt + 1 });
        expect(await store.createMethod(later, actor, answer("key-1"))).toEqual({
          outcome: "replayed",
          answer: second,
        });
      });
    });

    describe("listing", () => {
      test("lists in the order of createdAt, then id", async () => {
        const userId = await createdUser();
        const late = await created(phone(userId, "+1", { createdAt: startOf2026 + 9_000_000_000 }));
        const early = await created(phone(userId, "+2", { createdAt: startOf2026 - 1 }));
        const [b, a] = ["b", "a"].map((letter) => ({
          ...email(userId),
          id: `email|${letter}`,
          createdAt: startOf2026,
        }));
        for (const each of [b, a]) if (each) await created(each);
        expect(await methodsOf(userId)).toEqual([early, a, b, late]);
      });

      test("gives every page and the total", async () => {
        const userId = await createdUser();
        const methods: MethodRecord[] = [];
        for (let number = 0; number < 5; number += 1) methods.push(await created(passkey(userId)));
        const pages = [
          [0, 2, methods.slice(0, 2)],
          [2, 2, methods.slice(2, 4)],
          [4, 2, methods.slice(4)],
          [0, 5, methods],
          [0, 50, methods],
          [5, 2, []],
          [100, 50, []],
          [0, 0, []],
        ] as const;
        for (const [offset, limit, expected] of pages) {
          expect(await store.listMethods(userId, { offset, limit })).toEqual({
            outcome: "found",
            methods: expected,
            total: 5,
          });
        }
      });

      test("finds nothing on a user without methods", async () => {
        expect(await store.listMethods(await createdUser(), { offset: 0, limit: 50 })).toEqual({
          outcome: "found",
          methods: [],
          total: 0,
        });
      });
    });

    describe("updating", () => {
      test("merges the patch into the attributes and changes nothing else", async () => {
        const method = await created(phone(await createdUser()));
        const other = await created(phone(method.userId));
        const expected = {
          ...method,
          attributes: { ...method.attributes, name: "New name", preferred_authentication_method: "voice" },
        };
        const patch = { name: "New name", preferred_authentication_method: "voice" };
        expect(await store.updateMethod(method.userId, method.id, patch, actor)).toEqual({
          outcome: "updated",
          method: expected,
        });
        expect(await methodsOf(method.userId)).toEqual([expected, other]);
      });

      test("leaves all as it is when the patch is empty", async () => {
        const method = await created(totp(await createdUser()));
        expect(await store.updateMethod(method.userId, method.id, {}, actor)).toEqual({
          outcome: "updated",
          method,
        });
      });

      test("applies patches that come at once one after the other", async () => {
        const method = await created(phone(await createdUser()));
        await Promise.all([
          store.updateMethod(method.userId, method.id, { name: "Named" }, actor),
          store.updateMethod(method.userId, method.id, { preferred_authentication_method: "voice" }, actor),
        ]);
        const [kept] = await methodsOf(method.userId);
        expect(kept?.attributes).toMatchObject({ name: "Named", preferred_authentication_method: "voice" });
      });
    });

    describe("replacing", () => {
      test("puts the given methods in the place of all others", async () => {
        const userId = await createdUser();
        await created(phone(userId, "+1"));
        await created(email(userId));
        const methods = [email(userId), phone(userId, "+1"), totp(userId)];
        expect(await store.replaceMethods(userId, methods, actor)).toEqual({ outcome: "replaced" });
        expect(await methodsOf(userId)).toEqual(methods);
      });

      test("removes all when nothing is given", async () => {
        const userId = await createdUser();
        await created(phone(userId));
        expect(await store.replaceMethods(userId, [], actor)).toEqual({ outcome: "replaced" });
        expect(await methodsOf(userId)).toEqual([]);
      });

      test("frees the credentials of removed security keys", async () => {
        const [ada, grace] = [await createdUser(), await createdUser()];
        await created(securityKey(ada, "key-a"));
        await created(securityKey(ada, "key-b"));
        expect(await store.replaceMethods(ada, [securityKey(ada, "key-a")], actor)).toEqual({
          outcome: "replaced",
        });
        await created(securityKey(grace, "key-b"));
        expect(await store.createMethod(securityKey(grace, "key-a"), actor)).toEqual({
          outcome: "duplicate",
        });
      });

      test("leaves other users alone", async () => {
        const [ada, grace] = [await createdUser(), await createdUser()];
        const kept = await created(phone(grace));
        await store.replaceMethods(ada, [phone(ada)], actor);
        expect(await methodsOf(grace)).toEqual([kept]);
      });

      test("changes nothing where it is refused", async () => {
        const [ada, grace] = [await createdUser(), await createdUser()];
        const kept = await created(phone(ada));
        await created(securityKey(grace, "taken"));
        const refused: [MethodRecord[], object][] = [
          [[email(ada), phone(ada, "+1"), phone(ada, "+1")], { outcome: "duplicate" }],
          [[securityKey(ada, "one"), passkey(ada, "one")], { outcome: "duplicate" }],
          [[email(ada), securityKey(ada, "taken")], { outcome: "duplicate" }],
          [
            [phone(ada), email(ada), email(ada), email(ada), email(ada)],
            { outcome: "limit-reached", type: "email" },
          ],
          [[phone(ada, "+1"), phone(ada, "+1"), phone(ada), phone(ada)], { outcome: "duplicate" }],
        ];
        for (const [methods, outcome] of refused) {
          expect(await store.replaceMethods(ada, methods, actor)).toEqual(outcome);
          expect(await methodsOf(ada)).toEqual([kept]);
        }
        expect(await methodsOf(grace)).toHaveLength(1);
      });

      test("is refused for an unknown user, and for one with a passkey before anything else", async () => {
        expect(await store.replaceMethods("auth0|nobody", [], actor)).toEqual({ outcome: "unknown-user" });
        const userId = await createdUser();
        const kept = await created(passkey(userId));
        expect(await store.replaceMethods(userId, [phone(userId, "+1"), phone(userId, "+1")], actor)).toEqual(
          {
            outcome: "has-passkey",
          },
        );
        expect(await methodsOf(userId)).toEqual([kept]);
      });

      test("leaves a whole set when several replacements and creates come at once", async () => {
        const userId = await createdUser();
        const sets = Array.from({ length: 6 }, () => [phone(userId), email(userId)]);
        const late = totp(userId);
        await Promise.all([
          ...sets.map((set) => store.replaceMethods(userId, set, actor)),
          store.createMethod(late, actor),
        ]);
        const kept = (await methodsOf(userId)).filter(({ type }) => type !== "totp");
        expect(sets).toContainEqual(kept);
      });
    });

    describe("deleting", () => {
      test("removes one method, frees its value and its credential", async () => {
        const userId = await createdUser();
        const kept = await created(email(userId));
        const removed = [await created(phone(userId, "+1")), await created(passkey(userId, "credential"))];
        for (const { id } of removed) expect(await store.deleteMethod(userId, id, actor)).toBe("deleted");
        expect(await methodsOf(userId)).toEqual([kept]);
        expect(await store.deleteMethod(userId, removed[0]?.id ?? "", actor)).toBe("unknown-method");
        await created(phone(userId, "+1"));
        await created(passkey(await createdUser(), "credential"));
      });

      test("removes all methods of one user and frees their credentials", async () => {
        const [ada, grace] = [await createdUser(), await createdUser()];
        const kept = await created(phone(grace));
        await created(phone(ada));
        await created(securityKey(ada, "credential"));
        expect(await store.deleteMethods(ada, actor)).toBe("deleted");
        expect(await methodsOf(ada)).toEqual([]);
        expect(await methodsOf(grace)).toEqual([kept]);
        await created(securityKey(grace, "credential"));
        expect(await store.deleteMethods(ada, actor)).toBe("deleted");
      });

      test("removes nothing of a user that has a passkey", async () => {
        const userId = await createdUser();
        const methods = [await created(phone(userId)), await created(passkey(userId))];
        expect(await store.deleteMethods(userId, actor)).toBe("has-passkey");
        expect(await methodsOf(userId)).toEqual(methods);
      });

      test("makes room below the limit", async () => {
        const userId = await createdUser();
        const methods = [
          await created(phone(userId)),
          await created(phone(userId)),
          await created(phone(userId)),
        ];
        await store.deleteMethod(userId, methods[0]?.id ?? "", actor);
        await created(phone(userId));
      });
    });

    describe("another user's method", () => {
      test("is unknown, and stays as it is", async () => {
        const [ada, grace] = [await createdUser(), await createdUser()];
        const method = await created(passkey(ada, "credential"));
        expect(await store.getMethod(grace, method.id)).toEqual({ outcome: "unknown-method" });
        expect(await store.updateMethod(grace, method.id, { name: "Stolen" }, actor)).toEqual({
          outcome: "unknown-method",
        });
        expect(await store.deleteMethod(grace, method.id, actor)).toBe("unknown-method");
        expect(await methodsOf(ada)).toEqual([method]);
        expect(await store.createMethod(passkey(grace, "credential"), actor)).toEqual({
          outcome: "duplicate",
        });
      });
    });

    describe("a user that was never created", () => {
      const nobody = "auth0|nobody";

      test("is unknown to every operation", async () => {
        const page = { offset: 0, limit: 50 };
        expect(await store.listMethods(nobody, page)).toEqual({ outcome: "unknown-user" });
        expect(await store.getMethod(nobody, "phone|dev_0")).toEqual({ outcome: "unknown-user" });
        expect(await store.updateMethod(nobody, "phone|dev_0", {}, actor)).toEqual({
          outcome: "unknown-user",
        });
        expect(await store.deleteMethod(nobody, "phone|dev_0", actor)).toBe("unknown-user");
        expect(await store.deleteMethods(nobody, actor)).toBe("unknown-user");
        expect(await store.replaceMethods(nobody, [phone(nobody)], actor)).toEqual({
          outcome: "unknown-user",
        });
      });

      test("is like one without methods where unknown users are accepted", async () => {
        const accepting = await open(acceptUnknownUsers);
        const page = { offset: 0, limit: 50 };
        expect(await accepting.listMethods(nobody, page)).toEqual({
          outcome: "found",
          methods: [],
          total: 0,
        });
        expect(await accepting.getMethod(nobody, "phone|dev_0")).toEqual({ outcome: "unknown-method" });
        expect(await accepting.updateMethod(nobody, "phone|dev_0", {}, actor)).toEqual({
          outcome: "unknown-method",
        });
        expect(await accepting.deleteMethod(nobody, "phone|dev_0", actor)).toBe("unknown-method");
        expect(await accepting.deleteMethods(nobody, actor)).toBe("deleted");
        expect(await accepting.replaceMethods(nobody, [phone(nobody, "+1")], actor)).toEqual({
          outcome: "replaced",
        });
        expect(await accepting.createMethod(phone(nobody, "+1"), actor)).toEqual({ outcome: "duplicate" });
        expect(await accepting.createMethod(phone(nobody, "+2"), actor)).toEqual({ outcome: "created" });
        expect(await methodsOf(nobody, accepting)).toHaveLength(2);
        await accepting.deleteUser(nobody, actor);
        expect(await methodsOf(nobody, accepting)).toEqual([]);
      });
    });

    describe("settings", () => {
      test("keeps what the first caller gives", async () => {
        expect(await store.getOrCreateSetting("key", "first")).toBe("first");
        expect(await store.getOrCreateSetting("key", "second")).toBe("first");
        expect(await store.getOrCreateSetting("another", "third")).toBe("third");
      });

      test("gives all who ask at once the same value", async () => {
        const stores = [store, await open(), store];
        const values = await Promise.all(
          stores.map((each, index) => each.getOrCreateSetting("key", `value-${index}`)),
        );
        expect(new Set(values).size).toBe(1);
      });
    });

    describe("the life of a store", () => {
      beforeEach(async () => {
        store = await open();
      });

      test("keeps everything over a restart", async () => {
        const userId = await createdUser();
        const methods = [
          await created(phone(userId)),
          await created(totp(userId)),
          await created(passkey(userId)),
        ];
        const kept = answer("key-1");
        const idempotent = email(userId);
        await store.createMethod(idempotent, actor, kept);
        await store.getOrCreateSetting("name", "value");
        await store.close();

        store = await open();
        expect(await methodsOf(userId)).toEqual([...methods, idempotent]);
        expect(await store.createMethod(email(userId), actor, kept)).toEqual({
          outcome: "replayed",
          answer: kept,
        });
        expect(await store.getOrCreateSetting("name", "another")).toBe("value");
      });

      test("answers a ping while it is open", async () => {
        await expect(store.ping()).resolves.toBeUndefined();
      });

      test("finishes the writes under way when it is closed", async () => {
        const userId = await createdUser();
        const writes = Array.from({ length: 10 }, () => store.createMethod(passkey(userId), actor));
        const [outcomes] = await Promise.all([Promise.all(writes), store.close(), store.close()]);
        expect(outcomes).toEqual(outcomes.map(() => ({ outcome: "created" })));
        store = await open();
        expect(await methodsOf(userId)).toHaveLength(10);
      });

      test("finishes the reads under way when it is closed", async () => {
        const method = phone(await createdUser());
        await store.createMethod(method, actor);
        const reads = [
          store.getMethod(method.userId, method.id),
          store.getMethod(method.userId, "phone|dev_0"),
        ];
        const [outcomes] = await Promise.all([Promise.all(reads), store.close()]);
        expect(outcomes).toEqual([{ outcome: "found", method }, { outcome: "unknown-method" }]);
      });

      test("is unavailable once it is closed", async () => {
        const userId = await createdUser();
        await store.close();
        for (const call of [
          () => store.ping(),
          () => store.getUser(userId),
          () => store.listMethods(userId, { offset: 0, limit: 50 }),
          () => store.createMethod(phone(userId), actor),
          () => store.deleteUser(userId, actor),
        ]) {
          await expect(call()).rejects.toThrow(StoreUnavailableError);
        }
      });
    });
  });
}
