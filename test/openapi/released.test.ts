import { execFile } from "node:child_process";
import { cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { temporaryFolder } from "../support/temporary-folder.ts";

const run = promisify(execFile);
const contractFirst = resolve("toolkit/bin/contract-first.js");

test("nothing has changed since the last release that breaks its consumers, unless the major version has", async () => {
  await run(process.execPath, [contractFirst, "diff", "openapi/released.json", "generated/openapi.json"]);
});

/** A copy of what a release reads and writes. */
async function copyOfProject(): Promise<string> {
  const folder = await temporaryFolder();
  for (const name of [
    "openapi",
    "generated/openapi.json",
    "generated/openapi.d.ts",
    "redocly.yaml",
    "package-lock.json",
  ])
    await cp(name, join(folder, name), { recursive: true });
  await symlink(resolve("node_modules"), join(folder, "node_modules"));
  for (const name of [".", "client", "toolkit"]) {
    await mkdir(join(folder, name), { recursive: true });
    await cp(join(name, "package.json"), join(folder, name, "package.json"));
  }
  await cp(join(folder, "generated/openapi.json"), join(folder, "openapi/released.json"));
  return folder;
}

test("a release raises the version as the changes ask for, and writes down what they are", async () => {
  const folder = await copyOfProject();
  const change = async (schema: string, before: string, after: string) => {
    const file = join(folder, "openapi/components/schemas", schema);
    await writeFile(file, (await readFile(file, "utf8")).replace(before, after));
  };
  const json = async (file: string) => JSON.parse(await readFile(join(folder, file), "utf8"));
  const { version } = (await json("openapi/released.json")).info;
  const next = `${Number(version.split(".")[0]) + 1}.0.0`;

  await change("MethodName.yaml", "maxLength: 255", "maxLength: 254");
  await change(
    "Error.yaml",
    "properties:\n",
    "properties:\n  help:\n    type: string\n    description: More.\n",
  );
  await run(process.execPath, [resolve("scripts/release/release.ts")], { cwd: folder });

  expect(await readFile(join(folder, "CHANGELOG.md"), "utf8")).toMatch(
    new RegExp(
      `^# .*\n\n## ${next} \\([-\\d]{10}\\)\n\n### Breaking\n\n- \`.* .*maxLength.*\n\n### Added\n\n- .*help`,
      "s",
    ),
  );
  expect(await json("package.json")).toMatchObject({ version: next });
  expect(await json("client/package.json")).toMatchObject({ version: next });
  expect(await json("package-lock.json")).toMatchObject({
    version: next,
    packages: { "": { version: next }, client: { version: next } },
  });
  const bundle = await json("generated/openapi.json");
  expect(bundle.info.version).toBe(next);
  expect(await json("openapi/released.json")).toEqual(bundle);
  expect(await readFile(join(folder, "openapi/openapi.yaml"), "utf8")).toContain(`\n  version: ${next}\n`);
}, 120_000);
