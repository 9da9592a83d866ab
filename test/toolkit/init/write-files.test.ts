import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeFiles } from "../../../toolkit/init/write-files.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

test("files that are obsolete go, and those that somebody has changed or made stay", async () => {
  const folder = await temporaryFolder();
  const files = { "server/a.ts": "a", "server/b.ts": "b", "server/c.ts": "c", "client/d.ts": "d" };
  await writeFiles(folder, files);
  await writeFile(join(folder, "server/b.ts"), "by hand");
  await writeFile(join(folder, "server/own.ts"), "by hand");

  const written = await writeFiles(folder, { "server/c.ts": "new" }, (file) => file.startsWith("server/"));

  expect(written).toEqual({ created: [], updated: ["server/c.ts"], kept: [] });
  expect(existsSync(join(folder, "server/a.ts"))).toBe(false);
  expect(await readFile(join(folder, "server/b.ts"), "utf8")).toBe("by hand");
  expect(existsSync(join(folder, "server/own.ts"))).toBe(true);
  expect(existsSync(join(folder, "client/d.ts"))).toBe(true);
});
