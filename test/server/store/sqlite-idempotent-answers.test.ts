import { describe, expect, it } from "vitest";
import { DatabaseStore } from "../../../server/store/database-store.ts";
import { connect } from "../../../server/store/sqlite/connection.ts";
import { SqliteEngine } from "../../../server/store/sqlite/engine.ts";
import { acceptUnknownUsers, answer, phone, startOf2026 } from "./records.ts";

describe("idempotent answers", () => {
  it("that have expired are cleared away, a few with each new one", async () => {
    const database = connect(":memory:");
    const store = new DatabaseStore(new SqliteEngine(database, acceptUnknownUsers), acceptUnknownUsers);
    const keep = (number: number, createdAt: number) =>
      store.createMethod(
        phone(`auth0|${number}`, undefined, { createdAt }),
        answer(`key-${number}`, { expiresAt: createdAt + 1000 }),
      );
    const kept = () => database.prepare("SELECT count(*) AS count FROM idempotent_answers").get()?.count;

    for (let number = 0; number < 10; number += 1) await keep(number, startOf2026);
    expect(kept()).toBe(10);
    await keep(10, startOf2026 + 1000);
    expect(kept()).toBe(10 - 4 + 1);
    await keep(11, startOf2026 + 1001);
    await keep(12, startOf2026 + 1002);
    expect(kept()).toBe(3);
    await store.close();
  });
});
