import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject, Vitest } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** Where each process of a run keeps what it has sent to the API, and what came back. */
    coverageFolder: string;
  }
}

/** Tells at the end of a run what the tests' traffic has exercised of the contract; all of it, or a whole run fails. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "contract-coverage-"));
  project.provide("coverageFolder", folder);
  return async () => {
    try {
      if (!(await isWhole(project.vitest))) return;
      // Loaded only now: most runs are of a few tests.
      const { tellCoverage } = await import("./tell-coverage.ts");
      if (!(await tellCoverage(folder))) process.exitCode = 1;
    } finally {
      await rm(folder, { recursive: true });
    }
  };
}

/** Whether every test has run: some of them cannot be asked to exercise everything. */
async function isWhole(vitest: Vitest): Promise<boolean> {
  const { testNamePattern, project, watch } = vitest.config;
  if (testNamePattern !== undefined || project.length > 0 || watch) return false;
  const all = await vitest.globTestSpecifications();
  return vitest.state.getTestModules().length >= all.length;
}
