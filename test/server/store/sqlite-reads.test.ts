import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, onTestFinished, test } from "vitest";
import { connect } from "../../../server/store/sqlite/connection.ts";
import { ReadQueue } from "../../../server/store/sqlite/reads.ts";
import { Transaction } from "../../../server/store/sqlite/transaction.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

async function newDatabase(): Promise<DatabaseSync> {
  return connect(join(await temporaryFolder(), "test.sqlite"));
}

function closeWhenFinished(database: DatabaseSync): DatabaseSync {
  onTestFinished(() => database.close());
  return database;
}

const settings = (database: DatabaseSync) =>
  database
    .prepare("SELECT name FROM settings ORDER BY name")
    .all()
    .map(({ name }) => name);

describe("the reads of one event-loop turn", () => {
  test("all see the same, whatever another process commits between them", async () => {
    const database = closeWhenFinished(await newDatabase());
    const other = closeWhenFinished(new DatabaseSync(database.location() ?? ""));
    const reads = new ReadQueue(new Transaction(database));
    const results = await Promise.all([
      reads.enqueue(() => settings(database)),
      reads.enqueue(() => other.exec("INSERT INTO settings VALUES ('late', '')")),
      reads.enqueue(() => settings(database)),
    ]);
    expect(results).toEqual([[], undefined, []]);
    expect(await reads.enqueue(() => settings(database))).toEqual(["late"]);
  });

  test("fail one by one", async () => {
    const database = closeWhenFinished(await newDatabase());
    const reads = new ReadQueue(new Transaction(database));
    const results = await Promise.allSettled([
      reads.enqueue(() => 1),
      reads.enqueue(() => database.prepare("SELECT * FROM nowhere")),
      reads.enqueue(() => 3),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(database.isTransaction).toBe(false);
  });

  test("see nothing of a transaction that was left open", async () => {
    const database = closeWhenFinished(await newDatabase());
    const reads = new ReadQueue(new Transaction(database));
    database.exec("BEGIN; INSERT INTO settings VALUES ('undone', '')");
    expect(await reads.enqueue(() => settings(database))).toEqual([]);
  });
});
