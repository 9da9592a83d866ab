import { defineConfig, mergeConfig } from "vitest/config";
import base from "../../vitest.config.ts";

/** `npm run test:reliability`: the proofs with larger numbers, and a table of what they did and found. */
export default mergeConfig(
  base,
  defineConfig({
    test: {
      dir: "test/reliability",
      env: { RELIABILITY: "long" },
      reporters: ["default", "./test/reliability/support/table-reporter.ts"],
      testTimeout: 120_000,
      maxWorkers: 2,
    },
  }),
);
