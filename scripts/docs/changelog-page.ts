import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { GuidePage } from "contract-first/docs";
import { type Change, changelogSection } from "../release/changelog.ts";

/**
 * What changed: in the contract since its last release, which is found by comparing, and before, which is written.
 *
 * @throws Error where the two contracts cannot be compared
 */
export function changelogPage(root: URL): GuidePage {
  const path = (name: string) => fileURLToPath(new URL(name, root));
  const command = [path("toolkit/bin/contract-first.js"), "diff", "--format", "json"];
  const documents = [path("openapi/released.json"), path("generated/openapi.json")];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...command, ...documents], {
    encoding: "utf8",
  });
  // 1 says that a new major version is due.
  if (status !== 0 && status !== 1) throw new Error(stderr.trim());
  const { changes, infoVersions } = JSON.parse(stdout) as {
    changes?: Change[];
    infoVersions: { base: string };
  };
  const section = changelogSection(`The contract since ${infoVersions.base}`, "unreleased", changes ?? []);
  const written = existsSync(path("CHANGELOG.md")) ? readFileSync(path("CHANGELOG.md"), "utf8") : "";
  const releases = written.replace(/^# .*$/m, "").trim();
  return { name: "changelog", markdown: `# Changelog\n\n${section}\n${releases}\n` };
}
