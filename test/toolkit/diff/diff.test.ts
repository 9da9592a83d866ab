import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { breaking, compatible, documentOf, pathOf } from "./mutations.ts";

const command = fileURLToPath(new URL("../../../toolkit/bin/contract-first.js", import.meta.url));

interface Change {
  readonly path: string;
  readonly impact: "major" | "minor" | "patch";
}

/** Compares two documents as a user does: another process, its output read. */
async function diff(before: object, after: object, ...flags: string[]) {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "old.json"), JSON.stringify(before));
  await writeFile(join(folder, "new.json"), JSON.stringify(after));
  return new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
    const args = [command, "diff", join(folder, "old.json"), join(folder, "new.json"), ...flags];
    execFile(process.execPath, args, { maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : error.code, stdout, stderr }),
    );
  });
}

test("rates each of many changes as what it is to a consumer", async () => {
  const all = { ...breaking, ...compatible };
  const { stdout } = await diff(documentOf(all, false), documentOf(all, true), "--format", "json");
  const { changes } = JSON.parse(stdout) as { changes: Change[] };
  const isBreaking = (name: string) => {
    const pointer = `#/paths/${pathOf(name).replaceAll("/", "~1")}`;
    const own = changes.filter(({ path }) => path === pointer || path.startsWith(`${pointer}/`));
    return own.length === 0 ? "unseen" : own.some(({ impact }) => impact === "major");
  };
  expect(Object.fromEntries(Object.keys(all).map((name) => [name, isBreaking(name)]))).toEqual({
    ...Object.fromEntries(Object.keys(breaking).map((name) => [name, true])),
    ...Object.fromEntries(Object.keys(compatible).map((name) => [name, false])),
  });
});

test.concurrent.each([
  ["breaking changes under a new minor version", breaking, "1.0.0", "1.1.0", 1],
  ["breaking changes under a new major version", breaking, "1.9.0", "2.0.0", 0],
  ["breaking changes under a new minor version below 1.0.0", breaking, "0.3.0", "0.4.0", 0],
  ["compatible changes under the old version", compatible, "1.0.0", "1.0.0", 0],
] as const)("%s end accordingly", async (_name, mutations, before, after, code) => {
  const answer = await diff(
    documentOf(mutations, false, before),
    documentOf(mutations, true, after),
    "--format",
    "json",
  );
  expect(answer.code, answer.stderr).toBe(code);
  if (code === 1)
    expect(answer.stderr).toBe(
      `${Object.keys(mutations).length} of the changes break consumers: raise info.version from ${before} to its next major version, or take them back.\n`,
    );
});

test("--check-version asks for smaller versions, too", async () => {
  const before = documentOf(compatible, false);
  const answer = await diff(before, documentOf(compatible, true, "1.0.1"), "--check-version");
  expect(answer).toMatchObject({
    code: 1,
    stderr:
      "There are changes: raise info.version from 1.0.0 to its next minor version, or take them back.\n",
  });
});

test("what cannot be compared is told in one sentence", async () => {
  const answer = await diff({}, documentOf({}, false));
  expect(answer).toMatchObject({ code: 2, stdout: "" });
  expect(answer.stderr).toMatch(/^The documents could not be compared: [^\n]+\n$/);
});
