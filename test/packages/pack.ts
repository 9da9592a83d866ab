import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll } from "vitest";
import { oncePerRun } from "../support/once-per-run.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
/** With the Node.js that runs the tests first, which npm and `#!/usr/bin/env node` then find. */
export const path = [dirname(process.execPath), process.env.PATH].join(delimiter);

/** Runs a command to its end and gives what it printed. */
export async function run(
  cwd: string,
  command: string,
  args: readonly string[],
  env: object = {},
): Promise<string> {
  const { NODE_ENV: _test, ...inherited } = process.env;
  const options = { cwd, env: { ...inherited, PATH: path, ...env }, maxBuffer: 2 ** 26 };
  const { stdout } = await promisify(execFile)(command, args, options);
  return stdout;
}

/** An empty folder that goes when the file's tests are done. */
export async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "package-"));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export interface Packed {
  readonly tarball: string;
  /** What it holds. */
  readonly files: string[];
}

/** Packs one of our packages, as a release does. */
export async function pack(
  folder: "." | "client" | "create-contract-first" | "toolkit",
  to: string,
): Promise<Packed> {
  const output = await run(join(root, folder), "npm", [
    "pack",
    "--silent",
    "--json",
    "--pack-destination",
    to,
  ]);
  const [packed] = JSON.parse(output.slice(output.indexOf("["))) as [
    { filename: string; files: { path: string }[] },
  ];
  return { tarball: join(to, packed.filename), files: packed.files.map((file) => file.path) };
}

/** The toolkit as it is published, packed once for all test files. */
export async function packedToolkit(): Promise<Packed> {
  const file = "packed.json";
  const folder = await oncePerRun("toolkit", async (to) => {
    await writeFile(join(to, file), JSON.stringify(await pack("toolkit", to)));
  });
  return JSON.parse(await readFile(join(folder, file), "utf8"));
}

/**
 * Everything that our node_modules has, the toolkit as it is published instead of its sources.
 *
 * @returns a folder to link to
 */
export async function modulesWithPackedToolkit(): Promise<string> {
  const [ours, modules] = [join(root, "node_modules"), join(await emptyFolder(), "node_modules")];
  await mkdir(join(modules, "contract-first"), { recursive: true });
  await mkdir(join(modules, ".bin"));
  const { tarball } = await packedToolkit();
  await run(modules, "tar", ["-xzf", tarball, "--strip-components=1", "-C", "contract-first"]);
  for (const folder of ["", ".bin"])
    for (const name of await readdir(join(ours, folder)))
      if (name !== "contract-first" && name !== ".bin")
        await symlink(join(ours, folder, name), join(modules, folder, name), "junction");
  await symlink("../contract-first/dist/bin/contract-first.js", join(modules, ".bin/contract-first"));
  return modules;
}

/** Installs packages into a folder that is a project of its own. */
export async function install(folder: string, packages: readonly string[]): Promise<void> {
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  await run(folder, "npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", ...packages]);
}
