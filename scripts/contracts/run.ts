// npm run test:contracts [-- <folder> [--types]]: how the toolkit does on documents that nobody here wrote. Exit code 1 where one
// of them is not even served leniently, or is mocked wrongly without saying so.
import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";

const run = promisify(execFile);
const mostMilliseconds = 180_000;

const { values, positionals } = parseArgs({
  options: { types: { type: "boolean", default: false } },
  allowPositionals: true,
});
const [folder = "node_modules/@readme/oas-examples/3.1/json"] = positionals;
const files = (await readdir(folder)).filter((name) => /\.(?:ya?ml|json)$/.test(name)).sort();

const totals = { reader: 0, strict: 0, lenient: 0, types: 0, mock: 0 };
const failed: string[] = [];
const reasons: string[] = [];
process.stdout.write(
  `${"document".padEnd(26)} ${["reader", "strict", "lenient", "types", "answers", "reported", "wrong", "slowest", "time", "memory"].map((name) => name.padStart(8)).join(" ")}\n`,
);
for (const name of files) {
  const file = join(folder, name);
  const found = await check(file);
  if (found === undefined) {
    failed.push(name);
    process.stdout.write(`${name.padEnd(26)} gave no result within ${mostMilliseconds / 1000} s\n`);
    continue;
  }
  const { reader, strict, lenient, mocked, answers } = found;
  const types = values.types ? await hasTypes(file) : undefined;
  totals.reader += Number(reader.ok);
  totals.strict += Number(strict.ok);
  totals.lenient += Number(lenient.ok);
  totals.types += Number(types === true);
  const isMocked = mocked.ok && answers?.wrong.length === 0;
  totals.mock += Number(isMocked);
  if (!lenient.ok || !isMocked) failed.push(name);
  for (const [what, { ok, reason }] of Object.entries({ reader, strict, lenient, mocked }))
    if (!ok) reasons.push(`${name}, ${what}: ${String(reason).split("\n", 1)[0]}`);
  if (answers !== undefined && answers.wrong.length > 0)
    reasons.push(`${name}, wrong answers: ${answers.wrong.slice(0, 5).join(", ")}`);
  const cells = [
    reader.ok ? "yes" : "no",
    strict.ok ? "yes" : "no",
    lenient.ok ? "yes" : "no",
    types === undefined ? "-" : types ? "yes" : "no",
    answers === undefined ? "none" : `${answers.right}/${answers.operations}`,
    answers?.reported ?? "-",
    answers?.wrong.length ?? "-",
    `${answers?.slowest ?? "-"} ms`,
    `${(found.milliseconds / 1000).toFixed(1)} s`,
    `${found.megabytes} MB`,
  ];
  process.stdout.write(`${name.padEnd(26)} ${cells.map((cell) => String(cell).padStart(8)).join(" ")}\n`);
}
process.stdout.write(
  `\n${files.length} documents: read ${totals.reader}, served strictly ${totals.strict}, leniently ${totals.lenient}, ${values.types ? `typed ${totals.types}, ` : ""}mocked rightly ${totals.mock}\n\n${reasons.map((reason) => `- ${reason}\n`).join("")}`,
);
process.exitCode = failed.length > 0 ? 1 : 0;

async function check(file: string) {
  const program = fileURLToPath(new URL("check-document.ts", import.meta.url));
  try {
    const { stdout } = await run(process.execPath, [program, file], {
      timeout: mostMilliseconds,
      maxBuffer: 64 * 1024 * 1024,
    });
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  } catch (error) {
    // Stopped by its time: a result. Anything else is a fault of this script or of the document's file.
    if ((error as { killed?: boolean }).killed === true) return undefined;
    throw error;
  }
}

async function hasTypes(file: string): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), "types-"));
  const command = fileURLToPath(new URL("../../node_modules/openapi-typescript/bin/cli.js", import.meta.url));
  try {
    await run(
      process.execPath,
      [command, resolve(file), "--empty-objects-unknown", "--output", join(folder, `${basename(file)}.d.ts`)],
      { cwd: folder, timeout: mostMilliseconds },
    );
    return true;
  } catch {
    return false;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
