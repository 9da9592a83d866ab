import { resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { readCommandLine } from "../command-line/index.ts";
import { initProject } from "../init/index.ts";

const help = `Usage: contract-first init [folder] [--from <document>] [--yes]

Makes a project: contract, server, client and tests, which runs and passes its tests at once. Run again on a changed
contract it adds what is new, and touches nothing that was written by hand.

  [folder]            where to (default: here)
  --from <document>   an OpenAPI document, a file or a URL (default: the project's own contract, else a small example)
  --yes               ask nothing
`;

/** Makes a project, or brings one up to date with its contract. */
export async function init(args: readonly string[]): Promise<number> {
  const options = { from: { type: "string" }, yes: { type: "boolean", default: false } } as const;
  const parsed = readCommandLine(args, help, options, [], ["folder"]);
  if (parsed === undefined) return 0;
  const { yes } = parsed.values;
  const isAsked = !yes && process.stdin.isTTY && process.stdout.isTTY;
  const folder = parsed.positionals[0] ?? (isAsked ? await ask("Folder", ".") : ".");
  const from =
    parsed.values.from ??
    (isAsked
      ? (await ask("OpenAPI document, file or URL (empty: a small example)", "")) || undefined
      : undefined);
  const made = await initProject(folder, {
    ...(from !== undefined && { from }),
    tell: (line) => process.stderr.write(`${line} …\n`),
  });
  if (made === undefined) return 0;
  const { created, updated, kept, trial } = made;
  const operations = trial.requests.size;
  const untested = [...trial.requests.values()].filter(({ reason }) => reason !== undefined).length;
  const lines = [
    `${trial.project.title}: ${operations} operations, ${created.length} files made, ${updated.length} brought up to date.`,
    ...kept.map((file) => `Kept as you wrote it: ${file}. npm run types tells what it lacks.`),
    ...(trial.problems.length > 0
      ? [`Served leniently, for ${trial.problems.length} reasons that README.md lists.`]
      : []),
    ...(untested > 0
      ? [`${untested} tests are to be written: the contract's own examples do not fit them.`]
      : []),
    `Next: ${folder === "." ? "" : `cd ${folder} && `}npm test, then npm start.`,
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
  return 0;
}

async function ask(question: string, otherwise: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(
    `${question}${otherwise === "" ? "" : ` (${resolve(otherwise)})`}: `,
  );
  terminal.close();
  return answer.trim() || otherwise;
}
