import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const program = fileURLToPath(new URL("count-signals.ts", import.meta.url));

test("5,000 calls leave no signal alive, also where they share one of the caller's", {
  timeout: 120_000,
}, async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", program, "5000"]);

  const { own, shared } = JSON.parse(stdout);
  // The platform keeps those of its open connections and of the last calls.
  expect(own).toBeLessThan(100);
  expect(shared).toBeLessThan(100);
});
