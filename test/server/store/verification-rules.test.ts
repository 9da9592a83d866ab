import { expect, test } from "vitest";
import type { MethodRecord, Store } from "../../../server/store/store.ts";
import { newDatabaseUrl, openDatabase } from "../../support/database.ts";
import { temporarySchema } from "../../support/postgres-schema.ts";
import { actor, passkey, phone, startOf2026, totp, user } from "./records.ts";

const minute = 60_000_000;
const hour = 60 * minute;
const day = 24 * hour;

const engines = [
  ["SQLite", newDatabaseUrl],
  ["PostgreSQL", temporarySchema],
] as const;

async function withMethod(newUrl: () => Promise<string>, make: (userId: string) => MethodRecord) {
  const { url, store } = await openDatabase(await newUrl());
  const { id } = user();
  await store.createUser(user({ id }), actor);
  const method = make(id);
  await store.createMethod(method, actor);
  return { url, store, method };
}

function wrong(store: Store, method: MethodRecord, now: number, more: object = {}) {
  return store.verify({ method, now, isRight: false, ...more }, actor);
}

test.each(engines)(
  "%s: gives one wrong answer back every 6 minutes, and all after a right one",
  async (_name, url) => {
    const { store, method } = await withMethod(url, totp);
    const start = startOf2026;
    for (let count = 0; count < 10; count += 1)
      expect(await wrong(store, method, start)).toEqual({ outcome: "wrong" });
    expect(await wrong(store, method, start)).toEqual({ outcome: "too-many", at: start + 6 * minute });
    expect(await wrong(store, method, start + 6 * minute - 1)).toMatchObject({ outcome: "too-many" });
    expect(await wrong(store, method, start + 6 * minute)).toEqual({ outcome: "wrong" });
    expect(await wrong(store, method, start + 7 * minute)).toMatchObject({ outcome: "too-many" });
    const right = { method, now: start + 12 * minute, isRight: true, totpStep: 1 };
    expect(await store.verify(right, actor)).toEqual({ outcome: "verified", previousSignCount: null });
    for (let count = 0; count < 10; count += 1)
      expect(await wrong(store, method, start + 12 * minute)).toEqual({ outcome: "wrong" });
  },
);

test.each(engines)(
  "%s: gives one back an hour after 100 in a row, and is never shut for good",
  async (_name, url) => {
    const { store, method } = await withMethod(url, phone);
    let now = startOf2026;
    for (let count = 0; count < 101; count += 1) {
      expect(await wrong(store, method, now)).toEqual({ outcome: "wrong" });
      now += 6 * minute;
    }
    const paused = await wrong(store, method, now);
    expect(paused).toMatchObject({ outcome: "wrong" });
    for (let count = 0; count < 8; count += 1) await wrong(store, method, now);
    const last = await wrong(store, method, now);
    expect(last.outcome).toBe("too-many");
    const { at } = last as { at: number };
    expect(await store.verify({ method, now: at, isRight: true }, actor)).toMatchObject({
      outcome: "verified",
    });
  },
);

test.each(engines)(
  "%s: keeps five devices for 90 days, each with wrong answers of its own",
  async (_name, url) => {
    const { store, method } = await withMethod(url, phone);
    const start = startOf2026;
    for (let device = 0; device < 6; device += 1)
      await store.verify({ method, now: start + device, isRight: true, device: `device-${device}` }, actor);
    for (let count = 0; count < 10; count += 1) await wrong(store, method, start + minute);
    const right = (device: string, now: number) =>
      store.verify({ method, now, isRight: true, device }, actor);
    expect(await right("device-0", start + minute)).toMatchObject({ outcome: "too-many" });
    expect(await right("device-1", start + minute)).toMatchObject({ outcome: "verified" });
    expect(await right("device-5", start + minute)).toMatchObject({ outcome: "verified" });
    for (let count = 0; count < 10; count += 1)
      await wrong(store, method, start + 91 * day, { device: "device-2" });
    expect(await right("device-2", start + 91 * day)).toMatchObject({ outcome: "too-many" });
  },
);

test.each(engines)("%s: takes the answer of a passkey whatever came before", async (_name, url) => {
  const { store, method } = await withMethod(url, passkey);
  for (let count = 0; count < 30; count += 1) await wrong(store, method, startOf2026);
  const session = { id: "challenge", expiresAt: startOf2026 + 5 * minute };
  const attempt = { method, now: startOf2026, isRight: true, session, signCount: 4 };
  expect(await store.verify(attempt, actor)).toEqual({ outcome: "verified", previousSignCount: null });
  expect(await store.verify(attempt, actor)).toEqual({ outcome: "session-spent" });
  const next = { ...attempt, session: { ...session, id: "next" }, signCount: 2 };
  expect(await store.verify(next, actor)).toEqual({ outcome: "verified", previousSignCount: 4 });
});

test.each(engines)(
  "%s: forgets challenges a minute after they have expired, and not before",
  async (_name, url) => {
    const { store, method, url: database } = await withMethod(url, phone);
    const { maintenance } = await openDatabase(database);
    const answer = (id: string, now: number) =>
      store.verify({ method, now, isRight: true, session: { id, expiresAt: now + 5 * minute } }, actor);
    for (let count = 0; count < 3; count += 1) await answer(`old-${count}`, startOf2026);
    await answer("next", startOf2026 + 5 * minute + 1);
    expect(await maintenance.challengesAfter(undefined, 100, 0)).toHaveLength(4);
    await answer("last", startOf2026 + 6 * minute + 1);
    expect(await maintenance.challengesAfter(undefined, 100, 0)).toHaveLength(2);
  },
);

test.each(engines)("%s: forgets them as time goes by, answers or none", async (_name, url) => {
  const { store, method, url: database } = await withMethod(url, phone);
  const { maintenance } = await openDatabase(database);
  const session = { id: "spent", expiresAt: startOf2026 + 5 * minute };
  await store.verify({ method, now: startOf2026, isRight: true, session }, actor);
  const left = async (now: number) => {
    await store.removeExpired(now, 0);
    return (await maintenance.challengesAfter(undefined, 100, 0)).map(({ id }) => id);
  };
  expect(await left(session.expiresAt + minute - 1)).toEqual(["spent"]);
  expect(await left(session.expiresAt + minute)).toEqual([]);
});

test.each(engines)("%s: leaves nothing behind of a user or a method that is gone", async (_name, url) => {
  const { store, method, url: database } = await withMethod(url, phone);
  const { maintenance } = await openDatabase(database);
  const session = { id: "challenge", expiresAt: startOf2026 + 5 * minute };
  await store.sendCode({ userId: method.userId, session, now: startOf2026 }, actor);
  const attempt = { method, now: startOf2026, isRight: true, session };
  await store.verify(attempt, actor);
  expect(await maintenance.statesAfter(undefined, 100)).toHaveLength(2);
  await store.deleteMethod(method.userId, method.id, actor);
  expect(await maintenance.statesAfter(undefined, 100)).toHaveLength(1);
  expect(await store.verify(attempt, actor)).toEqual({ outcome: "unknown-method" });
  await store.deleteUser(method.userId, actor);
  expect(await maintenance.statesAfter(undefined, 100)).toEqual([]);
  expect(await maintenance.challengesAfter(undefined, 100, 0)).toEqual([]);
});

test.each(engines)("%s: of 50 equal right answers on three servers one is right", async (_name, url) => {
  const { url: database, store, method } = await withMethod(url, totp);
  const [second, third] = [await openDatabase(database), await openDatabase(database)];
  const servers = [store, second.store, third.store];
  const racing = (attempt: Parameters<Store["verify"]>[0]) =>
    Promise.all(
      Array.from({ length: 50 }, (_, index) => (servers[index % 3] as Store).verify(attempt, actor)),
    );
  const count = (outcomes: readonly { outcome: string }[], outcome: string) =>
    outcomes.filter((each) => each.outcome === outcome).length;

  const codes = await racing({ method, now: startOf2026, isRight: true, totpStep: 7 });
  expect([count(codes, "verified"), count(codes, "used")]).toEqual([1, 49]);
  const session = { id: "challenge", expiresAt: startOf2026 + 5 * minute };
  const sessions = await racing({ method, now: startOf2026, isRight: true, session });
  expect([count(sessions, "verified"), count(sessions, "session-spent")]).toEqual([1, 49]);
});

test.each(engines)(
  "%s: of 200 wrong answers at once on three servers ten are looked at",
  async (_name, url) => {
    const { url: database, store, method } = await withMethod(url, totp);
    const [second, third] = [await openDatabase(database), await openDatabase(database)];
    const servers = [store, second.store, third.store];
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, (_, index) => wrong(servers[index % 3] as Store, method, startOf2026)),
    );
    expect(outcomes.filter(({ outcome }) => outcome === "wrong")).toHaveLength(10);
    expect(outcomes.filter(({ outcome }) => outcome === "too-many")).toHaveLength(190);
  },
);

test.each(engines)(
  "%s: a verify against a delete comes before it or finds nothing, and leaves nothing",
  async (_name, url) => {
    const { url: database, store, method } = await withMethod(url, totp);
    const { store: other, maintenance } = await openDatabase(database);
    const attempts = Array.from({ length: 20 }, (_, index) =>
      store.verify({ method, now: startOf2026, isRight: true, totpStep: index + 1 }, actor),
    );
    const deleted = other.deleteMethod(method.userId, method.id, actor);
    for (const { outcome } of await Promise.all(attempts))
      expect(["verified", "used", "unknown-method"]).toContain(outcome);
    expect(await deleted).toBe("deleted");
    expect(await maintenance.statesAfter(undefined, 100)).toEqual([]);
  },
);
