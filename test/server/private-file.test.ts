import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createPrivateFile, readOrCreatePrivateFile } from "../../server/private-file.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

describe("a private file", () => {
  test("is its owner's alone, and leaves no draft beside it", async () => {
    const folder = await temporaryFolder();
    const path = join(folder, "file");
    await createPrivateFile(path, ["one ", "two"]);
    expect(await readFile(path, "utf8")).toBe("one two");
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(["file"]);
  });

  test("never replaces one that is there", async () => {
    const folder = await temporaryFolder();
    const path = join(folder, "file");
    await writeFile(path, "kept");
    await expect(createPrivateFile(path, ["another"])).rejects.toMatchObject({ code: "EEXIST" });
    expect(await readFile(path, "utf8")).toBe("kept");
    expect(await readdir(folder)).toEqual(["file"]);
  });

  test("has no name before it is whole", async () => {
    const folder = await temporaryFolder();
    let seen: string[] = [];
    async function* parts() {
      yield "one ";
      seen = await readdir(folder);
      yield "two";
    }
    await createPrivateFile(join(folder, "file"), parts());
    expect(seen).toEqual([expect.stringMatching(/^file\.[\da-f-]{36}$/)]);
    expect(await readdir(folder)).toEqual(["file"]);
  });

  test("is not there where its text could not be made whole", async () => {
    const folder = await temporaryFolder();
    async function* parts() {
      yield "half";
      throw new Error("the database is gone");
    }
    await expect(createPrivateFile(join(folder, "file"), parts())).rejects.toThrow("the database is gone");
    expect(await readdir(folder)).toEqual([]);
  });

  test("is created once by all who ask at once", async () => {
    const path = join(await temporaryFolder(), "data", "file");
    const texts = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        readOrCreatePrivateFile(path, () => String(index), "a number"),
      ),
    );
    expect(new Set(texts).size).toBe(1);
  });
});
