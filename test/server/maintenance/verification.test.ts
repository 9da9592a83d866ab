import { expect, test } from "vitest";
import { copyRecords, isSame } from "../../../server/maintenance/copy.ts";
import { exportLines } from "../../../server/maintenance/export.ts";
import { importLines } from "../../../server/maintenance/import.ts";
import { rotateKeys } from "../../../server/maintenance/rotate.ts";
import { SecretCipher } from "../../../server/secrets/cipher.ts";
import { parseEncryptionKeys } from "../../../server/secrets/encryption-keys.ts";
import { openWrappedKey, wrappedKeys } from "../../../server/secrets/wrapped-key.ts";
import { openTables } from "../../../server/store/open.ts";
import { newDatabaseUrl, newKey, oldKey, openDatabase } from "../../support/database.ts";
import { securityKey } from "../../support/methods.ts";
import { temporarySchema } from "../../support/postgres-schema.ts";
import { actor, passkey, phone, startOf2026, user } from "../store/records.ts";

const now = () => startOf2026;
const session = { id: "challenge", expiresAt: startOf2026 + 60_000_000 };

async function used() {
  const database = await openDatabase(await newDatabaseUrl());
  const { store } = database;
  const { id } = user();
  await store.createUser(user({ id }), actor);
  const [own, key] = [phone(id), passkey(id)];
  await store.createMethod(own, actor);
  await store.createMethod(key, actor);
  await store.verify({ method: own, now: startOf2026, isRight: true, session, device: "a-device" }, actor);
  return { ...database, own, key };
}

test("a copy to PostgreSQL brings over what verifications left, and again what changed since", async () => {
  const { store, maintenance: from, own, key } = await used();
  const to = await openTables(await temporarySchema(), "create");
  const copied = await copyRecords({ from, to, now });
  expect(copied.map(({ table, to }) => [table, to.count]).slice(4)).toEqual([
    ["states", 1],
    ["challenges", 1],
    ["events", 6],
  ]);
  expect(copied.every(isSame)).toBe(true);
  await store.verify({ method: own, now: startOf2026 + 1, isRight: false }, actor);
  await store.verify({ method: key, now: startOf2026 + 1, isRight: true, signCount: 9 }, actor);
  expect((await copyRecords({ from, to, now })).every(isSame)).toBe(true);
  expect(await to.statesAfter(undefined, 10)).toEqual(await from.statesAfter(undefined, 10));
  await to.close();
});

test("exported lines tell the last use and the signature counter, and an import takes them over", async () => {
  const { store, maintenance, key } = await used();
  await store.verify({ method: key, now: startOf2026 + 5_000, isRight: true, signCount: 9 }, actor);
  const summary = { users: 0, methods: 0, withoutSecret: 0, undecryptable: 0 };
  const lines = await Array.fromAsync(exportLines(maintenance, { cipher: undefined }, summary));
  const told = lines
    .join("")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(told[1]).toMatchObject({ type: "phone", last_auth_at: "2026-01-01T00:00:00.000Z" });
  expect(told[2]).toMatchObject({ type: "passkey", last_auth_at: "2026-01-01T00:00:00.005Z", sign_count: 9 });

  const target = await openDatabase(await newDatabaseUrl());
  const bad: string[] = [];
  const importable = told.map((line) =>
    line.type === "passkey" ? { ...line, ...securityKey(), type: "passkey" } : line,
  );
  const wrong = [{ last_auth_at: "yesterday" }, { sign_count: -1 }].map((use) => ({ ...told[1], ...use }));
  const text = [...importable, ...wrong].map((line) => `${JSON.stringify(line)}\n`).join("");
  await importLines(
    (async function* () {
      yield Buffer.from(text);
    })(),
    {
      actor,
      store: target.store,
      secrets: target.secrets,
      now: target.now,
      createUsers: false,
      onBadLine: (_number, reason) => bad.push(reason),
    },
  );
  expect(bad).toEqual([expect.stringContaining("'last_auth_at'"), expect.stringContaining("'sign_count'")]);
  const states = await target.maintenance.statesAfter(undefined, 10);
  expect(states.map(({ lastAuthAt, signCount }) => [lastAuthAt, signCount])).toEqual(
    expect.arrayContaining([
      [startOf2026, null],
      [startOf2026 + 5_000, 9],
    ]),
  );
});

test("a rotation re-encrypts the key of the challenges, which stays the same", async () => {
  const { store, maintenance, cipher } = await openDatabase(await newDatabaseUrl());
  const before = await openWrappedKey(store, cipher, wrappedKeys.challenge);
  const both = new SecretCipher(parseEncryptionKeys(`${newKey},${oldKey}`));
  const { reencrypted, undecryptable } = await rotateKeys({ maintenance, cipher: both, now });
  expect([reencrypted, undecryptable]).toEqual([3, 0]);
  const onlyNew = new SecretCipher(parseEncryptionKeys(newKey));
  expect((await openWrappedKey(store, onlyNew, wrappedKeys.challenge)).equals(before)).toBe(true);
});
