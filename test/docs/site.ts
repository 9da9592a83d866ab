import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll } from "vitest";

/** Renders the docs into a folder that goes when the file's tests are done. */
export function renderDocs(): URL {
  const folder = mkdtempSync(join(tmpdir(), "site-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const script = fileURLToPath(new URL("../../scripts/docs/render.ts", import.meta.url));
  execFileSync(process.execPath, [script, folder]);
  return pathToFileURL(`${folder}/`);
}
