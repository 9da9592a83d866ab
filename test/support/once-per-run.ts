import { mkdir, mkdtemp, readFile, rename, rm, watch, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** What is made once for all test files. */
    runFolder: string;
  }
}

/** Makes the folder of a run, which goes when all tests are done. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "run-"));
  project.provide("runFolder", folder);
  return () => rm(folder, { recursive: true });
}

/**
 * Makes a folder once for all test files of a run: the first that asks makes it, those beside it wait.
 *
 * @param make puts into a folder what the tests want
 * @returns the folder, which the tests must leave as it is
 * @throws Error where it could not be made, to each that asks
 */
export async function oncePerRun(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(inject("runFolder"), name);
  const outcome = `${folder}.outcome`;
  const isFirst = await mkdir(folder).then(
    () => true,
    () => false,
  );
  if (isFirst) {
    const failure = await make(folder).then(
      () => "",
      (error: Error) => error.stack ?? error.message,
    );
    await writeFile(`${outcome}.part`, failure);
    await rename(`${outcome}.part`, outcome);
  }
  const failure = await outcomeOf(outcome);
  if (failure !== "") throw new Error(`${name} could not be made: ${failure}`);
  return folder;
}

/** What the process that makes it has written in the end. */
async function outcomeOf(file: string): Promise<string> {
  const read = () => readFile(file, "utf8").catch(() => undefined);
  const watching = new AbortController();
  // From before the first look: what happens in between is told by the first event.
  const changes = watch(inject("runFolder"), { signal: watching.signal })[Symbol.asyncIterator]();
  try {
    for (let change = changes.next(); ; change = changes.next()) {
      // Given up in the end.
      change.catch(() => undefined);
      const failure = await read();
      if (failure !== undefined) return failure;
      await change;
    }
  } finally {
    watching.abort();
  }
}
