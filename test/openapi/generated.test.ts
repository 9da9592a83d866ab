import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const run = promisify(execFile);
const env = { ...process.env, REDOCLY_TELEMETRY: "off" };
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "generated-"));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

test("generated/openapi.json is the bundle of openapi/", async () => {
  const bundle = join(folder, "openapi.json");
  await run("redocly", ["bundle", "openapi/openapi.yaml", "--output", bundle], { env });
  expect(
    await readFile("generated/openapi.json", "utf8"),
    "the contract has changed: run `npm run generate`",
  ).toBe(await readFile(bundle, "utf8"));
});

test("generated/openapi.d.ts holds the types of openapi/", async () => {
  await run("openapi-typescript", ["--root-types", "--root-types-no-schema-prefix", "--check"], { env });
});
