import { defineConfig } from "vitest/config";

const shared = {
  // A busy machine takes its time to start servers and databases.
  testTimeout: 60_000,
  hookTimeout: 120_000,
  setupFiles: ["test/support/compile-cache.ts", "test/support/coverage/write.ts", "test/support/clean-up.ts"],
};

/** Of processes that have many test files, one after the other: to load what they test costs more than most of them do. */
const inFewProcesses = {
  ...shared,
  isolate: false,
  unstubEnvs: true,
  unstubGlobals: true,
  setupFiles: [...shared.setupFiles, "test/support/few-processes.ts"],
};

const small = [
  "test/{server,sdk,client}/**/*.test.ts",
  "test/toolkit/{fastify,openapi,client,coverage,webhooks}/**/*.test.ts",
  "test/toolkit/agreement.test.ts",
];

/** The API's tests that depend on what is kept: they run on PostgreSQL, too. */
const onEveryStore = [
  "test/server/authentication-methods/*.test.ts",
  "test/server/users/*.test.ts",
  "test/server/verification/api/*.test.ts",
];
const onOneStore = ["test/server/authentication-methods/{formats,id}.test.ts"];

export default defineConfig({
  test: {
    // Most tests wait for a server, a database or a disk: one worker less than cores, the default, leaves one idle.
    maxWorkers: 3,
    // What the run's traffic has exercised of the contract is told in the end.
    teardownTimeout: 60_000,
    globalSetup: [
      "test/support/postgres-setup.ts",
      "test/support/once-per-run.ts",
      "test/support/coverage/judge.ts",
    ],
    projects: [
      {
        test: {
          ...shared,
          name: "one by one",
          include: ["test/**/*.test.ts"],
          exclude: small,
          provide: { store: "sqlite" },
        },
      },
      { test: { ...inFewProcesses, name: "in few processes", include: small, provide: { store: "sqlite" } } },
      {
        test: {
          ...inFewProcesses,
          name: "on PostgreSQL",
          include: onEveryStore,
          exclude: onOneStore,
          provide: { store: "postgres" },
        },
      },
    ],
  },
});
