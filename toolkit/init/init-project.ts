import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, realpath, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { loadDocument } from "../openapi/index.ts";
import { commonFiles, readme } from "./common-files.ts";
import { exampleContract } from "./example.ts";
import { generateContract } from "./generate.ts";
import { writePackageJson } from "./package-json.ts";
import { serverFiles } from "./server-files.ts";
import { splitDocument } from "./split.ts";
import { testFiles } from "./test-files.ts";
import type { Trial } from "./trial.ts";
import { changedFiles, type Written, writeFiles } from "./write-files.ts";

export interface InitOptions {
  /** A file or URL. @default the contract that `folder` has, else a small example */
  readonly from?: string;
  /** Is told what is being done. */
  readonly tell?: (line: string) => void;
}

/** What was made of a project. */
export interface Initialised extends Written {
  readonly trial: Trial;
}

const contractFile = "openapi/openapi.yaml";

/**
 * Makes a project of a contract, or adds to one what its contract has new. What was written by hand stays.
 *
 * @throws Error in one sentence
 */
export async function initProject(
  folder: string,
  { from, tell = () => {} }: InitOptions = {},
): Promise<Initialised | undefined> {
  await mkdir(folder, { recursive: true });
  // Before anything is written: a document that cannot be read leaves nothing behind.
  const given = from === undefined ? undefined : await loadDocument(from);
  const packages = await writePackageJson(folder);
  await install(folder, packages, tell);
  const own = createRequire(join(resolve(folder), "package.json")).resolve("contract-first/package.json");
  if (
    (await realpath(own)) !==
    (await realpath(createRequire(import.meta.url).resolve("contract-first/package.json")))
  ) {
    await runOwn(dirname(own), folder, from);
    return undefined;
  }
  const contract = await writeContract(folder, given?.root);
  tell("Bundling the contract and writing its types");
  const common = await writeFiles(folder, commonFiles);
  await generateContract(contractFile, "generated", { folder: resolve(folder) });
  // It needs packages that the project has only now.
  const { tryContract } = await import("./trial.ts");
  const trial = await tryContract(join(resolve(folder), "generated/openapi.json"));
  const { project, problems } = trial;
  const notChecked = problems.map(({ message }) => message.replaceAll(`${resolve(folder)}/`, ""));
  const files = await writeFiles(
    folder,
    {
      ...serverFiles(project, problems.length > 0),
      ...testFiles(trial),
      "README.md": readme(project.title, notChecked),
    },
    // What the contract has no more would not compile.
    (file) => file.startsWith("server/") || file.startsWith("test/"),
  );
  const all = [contract, common, files];
  return {
    trial,
    created: all.flatMap(({ created }) => created),
    updated: all.flatMap(({ updated }) => updated),
    kept: all.flatMap(({ kept }) => kept),
  };
}

async function install(
  folder: string,
  packages: readonly string[],
  tell: (line: string) => void,
): Promise<void> {
  const { resolve: find } = createRequire(join(resolve(folder), "package.json"));
  const missing = packages.filter(
    (name) => !(find.paths(name) ?? []).some((path) => existsSync(join(path, name, "package.json"))),
  );
  if (missing.length === 0) return;
  tell("Installing packages (npm install)");
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const child = spawn(npm, ["install", "--no-audit", "--no-fund"], {
    cwd: folder,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error("npm install failed: mend what it says above, then run this again.");
}

/** The project's own version of this package goes on: it finds the packages that are installed beside it. */
async function runOwn(toolkit: string, folder: string, from: string | undefined): Promise<void> {
  const { bin } = createRequire(import.meta.url)(join(toolkit, "package.json"));
  const args = [
    join(toolkit, bin["contract-first"]),
    "init",
    folder,
    ...(from === undefined ? [] : ["--from", from]),
  ];
  const [code] = await once(spawn(process.execPath, args, { stdio: "inherit" }), "close");
  if (code !== 0) throw new Error("The project could not be made.");
}

async function writeContract(folder: string, given: Record<string, unknown> | undefined): Promise<Written> {
  const hasContract = await stat(join(folder, contractFile)).then(
    () => true,
    () => false,
  );
  if (given === undefined && hasContract) return { created: [], updated: [], kept: [] };
  const changed = await changedFiles(folder, "openapi/");
  const [first] = changed;
  if (first !== undefined) {
    throw new Error(
      `${first} was changed by hand: merge the new document into openapi/, then run this without --from.`,
    );
  }
  const { dump } = await import("js-yaml");
  const files = splitDocument(given ?? exampleContract);
  return writeFiles(
    folder,
    Object.fromEntries(
      [...files].map(([file, value]) => [`openapi/${file}`, dump(value, { lineWidth: 120, noRefs: true })]),
    ),
    (file) => file.startsWith("openapi/"),
  );
}
