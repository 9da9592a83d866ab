import { defineConfig } from "vitest/config";

/** `npm run test:reliability`: the proofs with larger numbers, and a table of what they did and found. */
export default defineConfig({
  test: {
    include: ["test/reliability/**/*.test.ts"],
    globalSetup: ["test/support/postgres-setup.ts"],
    setupFiles: ["test/support/compile-cache.ts", "test/support/clean-up.ts"],
    env: { RELIABILITY: "long" },
    reporters: ["default", "./test/reliability/support/table-reporter.ts"],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
