import { readCommandLine } from "../command-line/index.ts";
import { generateContract } from "../init/index.ts";

const help = `Usage: contract-first generate [--from <document>] [--out <folder>]

Bundles a contract of many files into one openapi.json, and writes its types beside it: those of openapi-typescript, with
ServedOperations and SentOperations (webhooks and callbacks) for contract-first/fastify.

  --from <document>   where the contract begins (default: openapi/openapi.yaml)
  --out <folder>      where to (default: generated)
  --check             write nothing; exit code 1 where what is there is out of date
`;

/** Writes what is derived from a contract. */
export async function generate(args: readonly string[]): Promise<number> {
  const parsed = readCommandLine(args, help, {
    from: { type: "string", default: "openapi/openapi.yaml" },
    out: { type: "string", default: "generated" },
    check: { type: "boolean", default: false },
  });
  if (parsed === undefined) return 0;
  const { from, out, check } = parsed.values;
  const outdated = await generateContract(from, out, { writes: !check });
  if (!check) process.stdout.write(`${out}/openapi.json and ${out}/openapi.d.ts are up to date.\n`);
  else if (outdated.length > 0)
    process.stderr.write(`${outdated.join(" and ")} are out of date: run contract-first generate.\n`);
  return check && outdated.length > 0 ? 1 : 0;
}
