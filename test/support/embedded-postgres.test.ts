import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

test("a run that has failed and has used PostgreSQL ends with its own exit code", () => {
  const module = new URL("embedded-postgres.ts", import.meta.url).href;
  const script = `
    const { loadPostgresPrograms } = await import(${JSON.stringify(module)});
    await (await loadPostgresPrograms()).remove();
    process.exitCode = 3;`;
  const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", script]);
  expect({ status, stderr: String(stderr) }).toEqual({ status: 3, stderr: "" });
});
