// `npm run release`: makes of the contract's changes since the last release a version, its part of CHANGELOG.md and
// what the next changes will be held against. Nothing is committed and nothing published.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Change, changelogSection, withSection } from "./changelog.ts";

const bumps = ["major", "minor", "patch"] as const;
type Bump = (typeof bumps)[number];

const usage = `Usage: npm run release [-- major|minor|patch]

A version may be named where the contract itself has not changed, or to raise more than its changes ask for.
`;
const contract = "openapi/openapi.yaml";
const bundle = "generated/openapi.json";
const released = "openapi/released.json";
const contractFirst = fileURLToPath(new URL("../../toolkit/bin/contract-first.js", import.meta.url));

function fail(reason: string): never {
  process.stderr.write(`${reason}\n`);
  process.exit(1);
}

function run(command: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", maxBuffer: 2 ** 28 });
  // `diff` ends with 1 where a major version is missing, which is what is about to be given.
  if (status !== 0 && !(args.includes("diff") && status === 1)) fail(stderr);
  return stdout;
}

/** The larger of what the changes ask for and what was asked for. */
function bumpOf(asked: string | undefined, needed: Bump | undefined): Bump {
  const wanted = bumps.find((bump) => bump === asked);
  if (asked !== undefined && wanted === undefined) fail(usage);
  const bump = bumps.find((each) => each === wanted || each === needed);
  return bump ?? fail("The contract is as it was released: name a version, npm run release -- patch.");
}

function next(version: string, bump: Bump): string {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  if (bump === "major") return `${major + 1}.0.0`;
  return bump === "minor" ? `${major}.${minor + 1}.0` : `${major}.${minor}.${patch + 1}`;
}

function replace(file: string, pattern: RegExp, replacement: string): void {
  const text = readFileSync(file, "utf8");
  if (!pattern.test(text)) fail(`${file} has no version to raise.`);
  writeFileSync(file, text.replace(pattern, replacement));
}

/** In our packages that have the contract's version, and in the lock file. `npm version` would install everything anew. */
function setVersions(version: string): void {
  const write = (file: string, content: object) =>
    writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`);
  for (const folder of [".", "client"]) {
    const file = `${folder}/package.json`;
    write(file, { ...JSON.parse(readFileSync(file, "utf8")), version });
  }
  const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
  lock.version = version;
  for (const name of ["", "client"]) lock.packages[name].version = version;
  write("package-lock.json", lock);
}

const [asked] = process.argv.slice(2);
run("npm", ["run", "--silent", "generate"]);
const report = run(process.execPath, [contractFirst, "diff", released, bundle, "--format", "json"]);
const { bump: needed, changes } = JSON.parse(report) as { bump?: Bump; changes: Change[] };
const before: string = JSON.parse(readFileSync(released, "utf8")).info.version;
const version = next(before, bumpOf(asked, needed));

replace(contract, /^( {2}version: ).*$/m, `$1${version}`);
replace(bundle, /^( {4}"version": ).*?(,?)$/m, `$1"${version}"$2`);
copyFileSync(bundle, released);
setVersions(version);

const changelog = existsSync("CHANGELOG.md")
  ? readFileSync("CHANGELOG.md", "utf8")
  : "# Changes of the contract\n";
const today = new Date().toISOString().slice(0, 10);
// That the version itself went up is what the heading says.
const told = changes.filter(({ path }) => !path.startsWith("#/info"));
writeFileSync("CHANGELOG.md", withSection(changelog, changelogSection(version, today, told)));
process.stdout.write(`${before} → ${version}: read CHANGELOG.md, then commit and tag v${version}.\n`);
