import { commandLineError, readCommandLine } from "../command-line/index.ts";
import { runRedocly } from "./redocly.ts";

const help = `Usage: contract-first diff <old> <new> [--format text|json|markdown|html|github-actions] [--check-version]

Rates every change between two versions of a contract (files or URLs) by what semantic versioning asks for.
Exit code 1: a change breaks consumers and info.version has no new major; 2: the documents could not be compared.

  --format text       how to print the changes
  --check-version     1 also where smaller changes came without their minor or patch version
`;

const formats: Readonly<Record<string, string>> = {
  text: "stylish",
  json: "json",
  markdown: "markdown",
  html: "html",
  "github-actions": "github-actions",
};

/** Without `diff-recommended` Redocly CLI rates every change "patch". */
const configuration = "extends: [recommended, diff-recommended]\n";

type Bump = "patch" | "minor" | "major";

/** What is read of Redocly CLI's report. */
interface Report {
  /** Absent where nothing changed. */
  readonly bump?: Bump;
  readonly infoVersions: { readonly base: string; readonly revision: string };
  readonly summary: { readonly major: number };
}

/** Tells what changed between two documents, and whether the version says so. */
export async function diff(args: readonly string[]): Promise<number> {
  const parsed = readCommandLine(
    args,
    help,
    { format: { type: "string", default: "text" }, "check-version": { type: "boolean", default: false } },
    ["old", "new"],
  );
  if (parsed === undefined) return 0;
  const { values, positionals } = parsed;
  const format = Object.hasOwn(formats, values.format) ? formats[values.format] : undefined;
  if (format === undefined) throw commandLineError(`There is no format "${values.format}"`, help);

  const report = compare(positionals, "json");
  const text = format === "json" ? report : compare(positionals, format);
  const [json, printed] = await Promise.all([report, text]);
  process.stdout.write(printed.endsWith("\n") ? printed : `${printed}\n`);
  const reason = missingVersion(JSON.parse(json), values["check-version"]);
  if (reason === undefined) return 0;
  process.stderr.write(`${reason}\n`);
  return 1;
}

async function compare(documents: readonly string[], format: string): Promise<string> {
  const args = ["diff", ...documents, "--format", format, "--fail-on", "none"];
  const { code, stdout, stderr } = await runRedocly(args, configuration);
  if (code === 0) return stdout;
  throw new Error(`The documents could not be compared: ${stderr.trim().replaceAll(/\s+/g, " ")}`);
}

/** The sentence that tells which version is missing; undefined where none is. */
function missingVersion(report: Report, isStrict: boolean): string | undefined {
  const { bump, infoVersions, summary } = report;
  if (bump === undefined || (bump !== "major" && !isStrict)) return undefined;
  if (rank(raised(infoVersions)) >= rank(bump)) return undefined;
  const what = bump === "major" ? `${summary.major} of the changes break consumers` : "There are changes";
  return `${what}: raise info.version from ${infoVersions.base} to its next ${bump} version, or take them back.`;
}

/** Which part of the version went up; below 1.0.0 a minor version may break, as semantic versioning's §4 lets it. */
function raised({ base, revision }: Report["infoVersions"]): Bump | undefined {
  const before = numbers(base);
  const after = numbers(revision);
  const part = after.findIndex((number, index) => number !== before[index]);
  if (part === -1 || (after[part] ?? 0) < (before[part] ?? 0)) return undefined;
  if (part === 0 || (part === 1 && before[0] === 0)) return "major";
  return part === 1 ? "minor" : "patch";
}

function numbers(version: string): readonly number[] {
  const core = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(version);
  if (core === null) throw new Error(`info.version is "${version}": write it as <major>.<minor>.<patch>.`);
  return core.slice(1).map((number) => Number(number ?? 0));
}

function rank(bump: Bump | undefined): number {
  return bump === undefined ? -1 : ["patch", "minor", "major"].indexOf(bump);
}
