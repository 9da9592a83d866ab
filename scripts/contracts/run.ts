// npm run test:contracts [-- <folder or file …> [--types] [--markdown]]: how the toolkit does on documents that nobody here wrote; without
// an argument on those of npm packages. Exit code 1 where one of them is not even served leniently, or is mocked wrongly
// without saying so.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";

const run = promisify(execFile);
const mostMilliseconds = 300_000;
/** Of JavaScript values: a document that needs more is a fault of ours. */
const mostMegabytes = 2_048;
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
/** All of them under the MIT licence. */
const packaged = [
  "../../node_modules/@readme/oas-examples/3.1/json",
  "node_modules/@figma/rest-api-spec/openapi/openapi.yaml",
  "node_modules/@scalar/galaxy/dist/3.1.yaml",
  "node_modules/@octokit/openapi/generated/api.github.com.json",
].map(here);

const { values, positionals } = parseArgs({
  options: { types: { type: "boolean", default: false }, markdown: { type: "boolean", default: false } },
  allowPositionals: true,
});
if (positionals.length === 0 && !existsSync(here("node_modules")))
  await run("npm", ["ci", "--silent", "--ignore-scripts", "--prefix", here(".")]);
const documents = (
  await Promise.all((positionals.length === 0 ? packaged : positionals).map(filesOf))
).flat();

const totals = { reader: 0, strict: 0, lenient: 0, types: 0, mock: 0, slowest: 0, megabytes: 0 };
const failed: string[] = [];
const reasons: string[] = [];
const columns = [
  "reader",
  "strict",
  "lenient",
  "types",
  "lint",
  "answers",
  "reported",
  "wrong",
  "slowest",
  "mock",
  "asked",
  "findings",
  "time",
  "memory",
];
process.stdout.write(row("document", columns));
if (values.markdown) process.stdout.write(`| --- |${" ---: |".repeat(columns.length)}\n`);
for (const file of documents) {
  const name = nameOf(file);
  const found = await check(file);
  if (typeof found === "string") {
    failed.push(name);
    process.stdout.write(row(name, [found]));
    continue;
  }
  const { reader, strict, lenient, mocked, answers, conforms, conformance } = found;
  const types = values.types ? await hasTypes(file) : undefined;
  const isLinted = values.types ? await isValid(file) : undefined;
  totals.reader += Number(reader.ok);
  totals.strict += Number(strict.ok);
  totals.lenient += Number(lenient.ok);
  totals.types += Number(types === true);
  const isMocked = mocked.ok && answers?.wrong.length === 0;
  totals.mock += Number(isMocked);
  totals.slowest = Math.max(totals.slowest, answers?.slowest ?? 0);
  totals.megabytes = Math.max(totals.megabytes, answers?.megabytes ?? 0);
  const findings = conformance?.findings ?? [];
  if (!lenient.ok || !isMocked || !conforms.ok || findings.length > 0) failed.push(name);
  for (const [what, { ok, reason }] of Object.entries({ reader, strict, lenient, mocked, conforms }))
    if (!ok) reasons.push(`${name}, ${what}: ${String(reason).split("\n", 1)[0]}`);
  if (answers !== undefined && answers.wrong.length > 0)
    reasons.push(`${name}, wrong answers: ${answers.wrong.slice(0, 5).join(", ")}`);
  reasons.push(...findings.slice(0, 5).map((finding: string) => `${name}, ${finding}`));
  const cells = [
    reader.ok ? "yes" : "no",
    strict.ok ? "yes" : "no",
    lenient.ok ? "yes" : "no",
    types === undefined ? "-" : types ? "yes" : "no",
    isLinted === undefined ? "-" : isLinted ? "yes" : "no",
    answers === undefined ? "none" : `${answers.right}/${answers.operations}`,
    answers?.reported ?? "-",
    answers?.wrong.length ?? "-",
    `${answers?.slowest ?? "-"} ms`,
    `${answers?.megabytes ?? "-"} MB`,
    conformance?.requests ?? "-",
    conformance === undefined ? "-" : findings.length,
    `${(found.milliseconds / 1000).toFixed(1)} s`,
    `${found.megabytes} MB`,
  ];
  process.stdout.write(row(name, cells));
}
process.stdout.write(
  `\n${documents.length} documents: read ${totals.reader}, served strictly ${totals.strict}, leniently ${totals.lenient}, ${values.types ? `typed ${totals.types}, ` : ""}mocked rightly ${totals.mock}, slowest answer ${totals.slowest} ms, most memory of a mock ${totals.megabytes} MB\n\n${reasons.map((reason) => `- ${reason}\n`).join("")}`,
);
process.exitCode = failed.length > 0 ? 1 : 0;

function row(name: string, cells: readonly unknown[]): string {
  if (values.markdown) return `| ${[name, ...cells].join(" | ")} |\n`;
  return `${name.padEnd(30)} ${cells.map((cell) => String(cell).padStart(8)).join(" ")}\n`;
}

async function filesOf(place: string): Promise<string[]> {
  if ((await stat(place)).isFile()) return [place];
  const names = (await readdir(place)).filter((name) => /\.(?:ya?ml|json)$/.test(name));
  return names.sort().map((name) => join(place, name));
}

/** `openapi.yaml` says little: of a package the package. */
function nameOf(file: string): string {
  const [, owner] = /node_modules\/(@(?!readme)[^/]+\/[^/]+)/.exec(file) ?? [];
  return owner ?? basename(file);
}

async function check(file: string) {
  try {
    const args = [`--max-old-space-size=${mostMegabytes}`, here("check-document.ts"), file];
    const { stdout } = await run(process.execPath, args, {
      timeout: mostMilliseconds,
      maxBuffer: 64 * 1024 * 1024,
    });
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  } catch (error) {
    // Stopped by its bounds: a result. Anything else is a fault of this script or of the document's file.
    const { killed, signal } = error as { killed?: boolean; signal?: string };
    if (killed === true) return `gave no result within ${mostMilliseconds / 1000} s`;
    if (signal === "SIGABRT") return `needed more than ${mostMegabytes} MB`;
    throw error;
  }
}

async function hasTypes(file: string): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), "types-"));
  const command = here("../../toolkit/bin/contract-first.js");
  try {
    await run(process.execPath, [command, "generate", "--from", resolve(file), "--out", folder], {
      timeout: mostMilliseconds,
    });
    return true;
  } catch {
    return false;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Whether Redocly CLI takes it for OpenAPI. */
async function isValid(file: string): Promise<boolean> {
  const command = here("../../node_modules/@redocly/cli/bin/cli.js");
  try {
    await run(process.execPath, [command, "lint", resolve(file), "--extends", "spec"], {
      cwd: tmpdir(),
      timeout: mostMilliseconds,
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, REDOCLY_TELEMETRY: "off" },
    });
    return true;
  } catch {
    return false;
  }
}
