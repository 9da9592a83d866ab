import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { loadDocument } from "../openapi/index.ts";
import { operationTypes, typedDocument } from "./operation-types.ts";
import { runTool } from "./tool.ts";

/**
 * Bundles a contract (Redocly CLI) and writes its types (openapi-typescript).
 *
 * @param source a path within `folder`, or a URL
 * @param out a folder
 * @returns the files that were out of date
 * @throws Error where one of the two is not installed, or refuses the contract
 */
export async function generateContract(
  source: string,
  out: string,
  { folder = process.cwd(), writes = true } = {},
): Promise<string[]> {
  const temporary = await mkdtemp(join(tmpdir(), "contract-"));
  try {
    const bundle = join(temporary, "openapi.json");
    const types = join(temporary, "openapi.d.ts");
    await runTool(folder, "@redocly/cli/bin/cli.js", ["bundle", source, "--output", bundle]);
    const document = await loadDocument(bundle);
    // As OpenAPI 3.0 it has been read already, and no generator of types takes another.
    if ("swagger" in JSON.parse(await readFile(bundle, "utf8")))
      await writeFile(bundle, `${JSON.stringify(document.root, null, 2)}\n`);
    // What linting finds is for the linter to tell: types there are all the same.
    const noRules = join(temporary, "redocly.yaml");
    await writeFile(noRules, "extends: []\n");
    // Without the first flag an object without properties is Record<string, never>, which no value with members is.
    const flags = ["--empty-objects-unknown", "--redocly", noRules, "--output", types];
    const changed = typedDocument(document);
    const typed = changed === undefined ? bundle : join(temporary, "typed.json");
    if (changed !== undefined) await writeFile(typed, JSON.stringify(changed));
    await runTool(folder, "openapi-typescript/bin/cli.js", [typed, ...flags]);
    const operations = operationTypes(document);
    const made = {
      "openapi.json": await readFile(bundle, "utf8"),
      "openapi.d.ts": `${await readFile(types, "utf8")}\n${operations}`,
    };
    const outdated: string[] = [];
    for (const [name, content] of Object.entries(made)) {
      const file = resolve(folder, out, name);
      if ((await readFile(file, "utf8").catch(() => undefined)) === content) continue;
      outdated.push(join(out, name));
      if (!writes) continue;
      await mkdir(resolve(folder, out), { recursive: true });
      await writeFile(file, content);
    }
    return outdated;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}
