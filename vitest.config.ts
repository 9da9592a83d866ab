import { defineConfig } from "vitest/config";

const timeouts = { testTimeout: 30_000, hookTimeout: 60_000 };

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
    globalSetup: ["test/support/postgres-setup.ts"],
    projects: [
      { test: { ...timeouts, name: "all", include: ["test/**/*.test.ts"], provide: { store: "sqlite" } } },
      {
        test: {
          ...timeouts,
          name: "on PostgreSQL",
          include: onEveryStore,
          exclude: onOneStore,
          provide: { store: "postgres" },
        },
      },
    ],
  },
});
