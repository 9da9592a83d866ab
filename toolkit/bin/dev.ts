import { existsSync } from "node:fs";
import { commandLineError, readCommandLine } from "../command-line/index.ts";
import { findTool } from "../init/index.ts";
import { watchContract } from "./dev/contract.ts";
import { type Program, runProgram } from "./dev/program.ts";
import { createTerminal } from "./dev/terminal.ts";

const help = `Usage: contract-first dev [document] [--server <file>] [--mock-port <port>] [--out <folder>] [--docs <folder>]

Runs all that a contract's project has while it is written, in one terminal: the server, a mock server, the docs and the
types. A save of the contract brings them up to date, and a save of the server's files starts it again. While the
contract is broken the last good one stays. Ctrl+C ends all of them.

  [document]              where the contract begins (default: openapi/openapi.yaml)
  --server <file>         the server's first file, none where it is missing (default: server/main.ts)
  --mock-port <port>      where the mock server listens, 0: any free port (default: 4010)
  --out <folder>          where bundle and types are written (default: generated)
  --docs <folder>         where the docs are written (default: docs-site)
`;

/** Runs server, mock, docs and types of a project until it is stopped. */
export async function dev(args: readonly string[]): Promise<number> {
  const parsed = readCommandLine(
    args,
    help,
    {
      server: { type: "string", default: "server/main.ts" },
      "mock-port": { type: "string", default: "4010" },
      out: { type: "string", default: "generated" },
      docs: { type: "string", default: "docs-site" },
    },
    [],
    ["document"],
  );
  if (parsed === undefined) return 0;
  const { values, positionals } = parsed;
  const mockPort = Number(values["mock-port"]);
  if (!/^\d+$/.test(values["mock-port"]) || mockPort > 65_535)
    throw commandLineError(`--mock-port ${values["mock-port"]} is no port`, help);

  const stopped = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  const terminal = createTerminal(["server", "mock", "docs", "types", "dev"], process.stdout);
  const programs: Program[] = [];
  let server: Program | undefined;
  const contract = await watchContract(positionals[0] ?? "openapi/openapi.yaml", {
    out: values.out,
    docs: values.docs,
    mockPort,
    terminal,
    onGenerated: () => server?.restart(),
  });
  if (existsSync(values.server)) {
    server = runProgram(["--watch", "--watch-preserve-output", values.server], terminal.writer("server"));
    programs.push(server);
  }
  if (existsSync("tsconfig.json")) {
    const compiler = findTool(process.cwd(), "typescript/bin/tsc");
    programs.push(
      runProgram([compiler, "--noEmit", "--watch", "--preserveWatchOutput"], terminal.writer("types")),
    );
  }
  await stopped;
  await Promise.all([contract.close(), ...programs.map((program) => program.stop())]);
  return 0;
}
