import { defineConfig } from "vitest/config";
import base from "../../vitest.config.ts";

/** `npm run test:reliability`: the proofs with larger numbers, and a table of what they did and found. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ["test/reliability/**/*.test.ts"],
    env: { RELIABILITY: "long" },
    reporters: ["default", "./test/reliability/support/table-reporter.ts"],
    testTimeout: 120_000,
    maxWorkers: 2,
  },
});
