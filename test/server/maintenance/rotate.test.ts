import { describe, expect, test } from "vitest";
import { toMethodRecord } from "../../../server/authentication-methods/record.ts";
import { type RotationSummary, rotateKeys } from "../../../server/maintenance/rotate.ts";
import { SecretCipher } from "../../../server/secrets/cipher.ts";
import { parseEncryptionKeys } from "../../../server/secrets/encryption-keys.ts";
import { openSecrets } from "../../../server/secrets/secrets.ts";
import type { Tables } from "../../../server/store/tables.ts";
import { newDatabaseUrl, newKey, oldKey, openDatabase } from "../../support/database.ts";
import { phone, totp } from "../../support/methods.ts";
import { temporarySchema } from "../../support/postgres-schema.ts";
import { actor } from "../store/records.ts";

type Database = Awaited<ReturnType<typeof openDatabase>>;

const user = "auth0|ada";
const hour = 3_600_000_000;
const cipherOf = (keys: string) => new SecretCipher(parseEncryptionKeys(keys));

async function seeded(newUrl = newDatabaseUrl): Promise<Database> {
  const database = await openDatabase(await newUrl(), { unknownUsers: "accept", keys: oldKey });
  for (const request of [totp(1), phone(1), totp(2)]) await create(database, request);
  return database;
}

async function create(
  { store, secrets, now }: Database,
  request: ReturnType<typeof totp | typeof phone>,
  key?: string,
) {
  const record = toMethodRecord(user, request, now(), secrets);
  const scope = "a scope";
  const answer = key && {
    scope,
    key,
    userId: user,
    methodId: record.id,
    payloadHash: "hash",
    encryptedAnswer: secrets.cipher.encrypt("an answer", { scope, key }),
    expiresAt: record.createdAt + hour,
  };
  return store.createMethod(record, actor, answer || undefined);
}

async function rotate(
  { maintenance, now }: Database,
  keys = `${newKey},${oldKey}`,
): Promise<RotationSummary> {
  return rotateKeys({ maintenance, now, cipher: cipherOf(keys) });
}

/** The maintenance with some of what it does done otherwise. */
function instead(maintenance: Tables, other: Partial<Tables>): Tables {
  return new Proxy(maintenance, {
    get(target, name: keyof Tables) {
      return other[name] ?? target[name].bind(target);
    },
  });
}

async function secretsUnder({ maintenance }: Database, cipher: SecretCipher): Promise<string[]> {
  const methods = await maintenance.methodsAfter(undefined, 100);
  return methods.flatMap(({ id, encryptedSecret }) =>
    encryptedSecret === null ? [] : [cipher.decrypt(encryptedSecret, { userId: user, methodId: id })],
  );
}

const databases = [
  ["SQLite", newDatabaseUrl],
  ["PostgreSQL", temporarySchema],
] as const;

test.each(databases)(
  "puts every secret in %s under the first key, so that the old one can be removed",
  async (_name, newUrl) => {
    const database = await seeded(newUrl);
    await create(database, totp(3), "a key");
    expect(await rotate(database)).toEqual({ reencrypted: 6, current: 0, undecryptable: 0, changed: 0 });

    const onlyNew = cipherOf(newKey);
    expect((await secretsUnder(database, onlyNew)).sort()).toEqual(
      [1, 2, 3].map((number) => totp(number).totp_secret),
    );
    const reopened = { ...database, secrets: await openSecrets(database.store, onlyNew) };
    // The fingerprint key is the same as before: what was a duplicate still is.
    expect(await create(reopened, totp(1))).toEqual({ outcome: "duplicate" });
    const replayed = await create(reopened, totp(9), "a key");
    if (replayed.outcome !== "replayed") throw new Error(replayed.outcome);
    expect(onlyNew.decrypt(replayed.answer.encryptedAnswer, { scope: "a scope", key: "a key" })).toBe(
      "an answer",
    );
  },
);

test("has nothing to do the second time", async () => {
  const database = await seeded();
  await rotate(database);
  expect(await rotate(database)).toEqual({ reencrypted: 0, current: 4, undecryptable: 0, changed: 0 });
});

test("finishes what was begun", async () => {
  const database = await seeded();
  const stopped = instead(database.maintenance, { methodsAfter: () => Promise.reject(new Error("stopped")) });
  await expect(rotate({ ...database, maintenance: stopped })).rejects.toThrow("stopped");
  expect(await rotate(database)).toMatchObject({ reencrypted: 2, current: 2 });
});

describe("leaves as it is", () => {
  test("what is under a key that is not given", async () => {
    const database = await seeded();
    const before = await database.maintenance.methodsAfter(undefined, 100);
    expect(await rotate(database, newKey)).toEqual({
      reencrypted: 0,
      current: 0,
      undecryptable: 4,
      changed: 0,
    });
    expect(await database.maintenance.methodsAfter(undefined, 100)).toEqual(before);
  });

  test("what was deleted or replaced between the read and the write", async () => {
    const database = await seeded();
    const { maintenance, store } = database;
    let replacement = "";
    const interrupted = instead(maintenance, {
      async methodsAfter(key, limit) {
        const page = await maintenance.methodsAfter(key, limit);
        const [first, second] = page.filter(({ type }) => type === "totp");
        if (first === undefined || second === undefined) return page;
        await store.deleteMethod(user, first.id, actor);
        replacement = database.cipher.encrypt("another", { userId: user, methodId: second.id });
        await maintenance.replaceSecrets([
          { key: second, from: second.encryptedSecret ?? "", to: replacement },
        ]);
        return page;
      },
    });
    expect(await rotate({ ...database, maintenance: interrupted })).toEqual({
      reencrypted: 2,
      current: 0,
      undecryptable: 0,
      changed: 2,
    });
    const kept = (await maintenance.methodsAfter(undefined, 100)).filter(({ type }) => type === "totp");
    expect(kept.map(({ encryptedSecret }) => encryptedSecret)).toEqual([replacement]);
  });
});

test.each(databases)("loses nothing of what a server writes to %s meanwhile", async (_name, newUrl) => {
  const database = await seeded(newUrl);
  const both = { ...database, secrets: await openSecrets(database.store, cipherOf(`${newKey},${oldKey}`)) };
  const writes = Array.from({ length: 7 }, (_, number) => create(both, totp(number + 10)));
  const [, ...outcomes] = await Promise.all([rotate(database), ...writes]);
  expect(outcomes.every(({ outcome }) => outcome === "created")).toBe(true);
  expect(await secretsUnder(database, cipherOf(newKey))).toHaveLength(9);
});
