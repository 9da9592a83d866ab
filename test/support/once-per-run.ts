import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
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

/** Milliseconds between two looks at whether another process is done. */
const pause = 100;

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
  for (;;) {
    const failure = await readFile(outcome, "utf8").catch(() => undefined);
    if (failure === "") return folder;
    if (failure !== undefined) throw new Error(`${name} could not be made: ${failure}`);
    await setTimeout(pause);
  }
}
