import { readFileSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { renderDocs, writeSite } from "contract-first/docs";
import { docsOptions } from "./options.ts";

const root = new URL("../../", import.meta.url);

try {
  const contract = JSON.parse(readFileSync(new URL("generated/openapi.json", root), "utf8"));
  const generated = fileURLToPath(new URL("generated/docs", root));
  const folder = resolve(process.argv[2] ?? generated);
  // Whatever made it before.
  if (folder === generated) rmSync(folder, { recursive: true, force: true });
  writeSite(folder, renderDocs(contract, await docsOptions(contract, root)));
} catch (error) {
  process.stderr.write(`The docs were not rendered: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
