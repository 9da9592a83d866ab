import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { openStore } from "../../../server/store/open.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { acceptUnknownUsers } from "./records.ts";

/** Lets a writer acknowledge `count` methods, kills it with SIGKILL and gives all that it has acknowledged. */
async function killAfter(count: number, databaseUrl: string, writer: string): Promise<string[]> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, "endless-writer.ts"), databaseUrl, writer],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const closed = once(child, "close");
  const acknowledged: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    acknowledged.push(line);
    if (acknowledged.length === count) child.kill("SIGKILL");
  }
  expect((await closed)[1]).toBe("SIGKILL");
  return acknowledged;
}

describe("a process that is killed", () => {
  test.each([1, 500])("has kept what it acknowledged, killed after %i", async (count) => {
    const path = join(await temporaryFolder(), "test.sqlite");
    const acknowledged = await killAfter(count, `sqlite:${path}`, "auth0");
    await expectKept(path, acknowledged);
    expect(acknowledged.length).toBeGreaterThanOrEqual(count);
  });

  test("has kept what it acknowledged when others started and wrote at the same time", async () => {
    const path = join(await temporaryFolder(), "test.sqlite");
    const writers = ["a", "b", "c", "d"];
    const acknowledged = await Promise.all(writers.map((writer) => killAfter(100, `sqlite:${path}`, writer)));
    await expectKept(path, acknowledged.flat());
  });
});

async function expectKept(path: string, acknowledged: readonly string[]): Promise<void> {
  const store = await openStore(`sqlite:${path}`, acceptUnknownUsers);
  for (const line of acknowledged) {
    const [userId = "", id = ""] = line.split(" ");
    expect(await store.getMethod(userId, id), line).toMatchObject({
      outcome: "found",
      method: { userId, id },
    });
  }
  await store.close();
  const database = new DatabaseSync(path);
  expect(database.prepare("PRAGMA integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
  database.close();
}
