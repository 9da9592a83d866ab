import { describe, expect, onTestFinished, test } from "vitest";
import { CopyRefusedError, copyRecords, isSame } from "../../../server/maintenance/copy.ts";
import { openTables } from "../../../server/store/open.ts";
import type { Tables } from "../../../server/store/tables.ts";
import { newDatabaseUrl, openDatabase } from "../../support/database.ts";
import { temporarySchema } from "../../support/postgres-schema.ts";
import { answer, passkey, phone, startOf2026, totp, user } from "../store/records.ts";

const now = () => startOf2026;

async function openSource(): Promise<Tables> {
  const { maintenance } = await openDatabase(await newDatabaseUrl());
  return maintenance;
}

/** Opened as the command opens it: no server has been started on it. */
async function openTarget(): Promise<Tables> {
  const maintenance = await openTables(await newDatabaseUrl(), "create");
  onTestFinished(() => maintenance.close());
  return maintenance;
}

async function seed(maintenance: Tables, count: number): Promise<void> {
  const users = Array.from({ length: count }, () => user());
  await maintenance.putUsers(users);
  await maintenance.putMethods(users.flatMap(({ id }) => [phone(id), passkey(id), totp(id)]));
}

async function everythingOf(maintenance: Tables) {
  return {
    users: await maintenance.usersAfter(undefined, 100_000),
    methods: await maintenance.methodsAfter(undefined, 100_000),
    answers: await maintenance.answersAfter(undefined, 100_000, startOf2026),
    settings: await maintenance.settings(),
    events: await maintenance.auditEventsOf(1, 0, 10),
    chains: await maintenance.auditChains(),
    counts: await maintenance.counts(),
  };
}

function differentTables(comparisons: Awaited<ReturnType<typeof copyRecords>>): string[] {
  return comparisons.filter((comparison) => !isSame(comparison)).map(({ table }) => table);
}

test("copies every record as it is, the wrapped keys, idempotent answers and the audit trail too", async () => {
  const [from, to] = [await openSource(), await openTarget()];
  await seed(from, 400);
  await from.putAnswers([answer("a"), answer("b")]);
  await from.putAuditEvents([
    { chainId: 1, sequence: 1, occurredAt: 1, userId: "auth0|1", event: "{}", seal: "seal" },
  ]);
  await from.putAuditChains([
    { chainId: 1, sequence: 1, mac: "head", startSequence: 0, startSeal: "", startMac: "" },
  ]);
  const told: [number, number][] = [];
  const comparisons = await copyRecords({ from, to, now, onCopied: (...each) => told.push(each) });

  expect(differentTables(comparisons)).toEqual([]);
  expect(comparisons.map(({ table, to }) => [table, to.count])).toEqual([
    ["users", 400],
    ["methods", 1_200],
    ["answers", 2],
    ["settings", 2],
    ["events", 2],
  ]);
  expect(await everythingOf(to)).toEqual(await everythingOf(from));
  expect(told).toEqual([
    [400, 1_600],
    [1_400, 1_600],
    [1_600, 1_600],
  ]);
});

test("copies from SQLite to PostgreSQL and back, and goes on there, too", async () => {
  const from = await openSource();
  const postgres = await openTables(await temporarySchema(), "create");
  onTestFinished(() => postgres.close());
  const back = await openTarget();
  await seed(from, 700);
  await from.putAnswers([answer("a")]);
  await from.putMethods([phone("auth0|🔑", "+441", { attributes: { name: 'Ünï "quoted" \\ {1,2} NULL' } })]);
  await postgres.putUsers(await from.usersAfter(undefined, 300));
  expect(differentTables(await copyRecords({ from, to: postgres, now }))).toEqual([]);
  expect(differentTables(await copyRecords({ from: postgres, to: back, now }))).toEqual([]);
  expect(await everythingOf(postgres)).toEqual(await everythingOf(from));
  expect(await everythingOf(back)).toEqual(await everythingOf(from));
});

test("goes on after the last record that was written, and puts nothing twice", async () => {
  const [from, to] = [await openSource(), await openTarget()];
  await seed(from, 1_000);
  const methods = await from.methodsAfter(undefined, 5_000);
  await to.putUsers(await from.usersAfter(undefined, 5_000));
  await to.putMethods(methods.slice(0, 2_900));
  const told: number[] = [];
  expect(differentTables(await copyRecords({ from, to, now, onCopied: (done) => told.push(done) }))).toEqual(
    [],
  );
  expect(told).toEqual([4_000]);
  expect(await everythingOf(to)).toEqual(await everythingOf(from));
});

test("brings over what was written to the source behind the place where it goes on", async () => {
  const [from, to] = [await openSource(), await openTarget()];
  await seed(from, 10);
  await copyRecords({ from, to, now });
  await from.putUsers([user({ id: "auth0|!" })]);
  await from.putMethods([phone("auth0|!")]);
  expect(differentTables(await copyRecords({ from, to, now }))).toEqual([]);
  expect(await everythingOf(to)).toEqual(await everythingOf(from));
});

describe("tells a difference in", () => {
  test.each<[string, (from: Tables, to: Tables) => Promise<unknown>, string[]]>([
    ["a record that only the target has", (_from, to) => to.putUsers([user({ id: "auth0|zzz" })]), ["users"]],
    [
      "a record that has changed",
      async (from, to) => {
        const method = totp("auth0|x");
        await from.putMethods([method]);
        await to.putMethods([{ ...method, createdAt: method.createdAt + 1 }]);
      },
      ["methods"],
    ],
    [
      "a method whose credential another one in the target has",
      async (from, to) => {
        await from.putMethods([passkey("auth0|x", "same")]);
        await to.putMethods([passkey("auth0|y", "same")]);
      },
      ["methods"],
    ],
    [
      "an answer",
      async (from, to) => {
        await from.putAnswers([answer("a")]);
        await to.putAnswers([answer("a", { payloadHash: "other" })]);
      },
      ["answers"],
    ],
  ])("%s", async (_what, change, tables) => {
    const [from, to] = [await openSource(), await openTarget()];
    await seed(from, 3);
    await change(from, to);
    expect(differentTables(await copyRecords({ from, to, now }))).toEqual(tables);
  });
});

test("refuses a target with a fingerprint key of its own, and writes nothing to it", async () => {
  const [from, to] = [await openSource(), await openSource()];
  await seed(from, 3);
  const before = await everythingOf(to);
  await expect(copyRecords({ from, to, now })).rejects.toThrow(CopyRefusedError);
  expect(await everythingOf(to)).toEqual(before);
});
