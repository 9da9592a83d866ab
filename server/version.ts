import { readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";

/** The version of this package, from its own package.json: beside the sources, or above what is compiled from them. */
export function packageVersion(): string {
  const file = findPackageJSON(import.meta.url);
  if (file === undefined) throw new Error("The package.json of this program is missing: install it anew.");
  return JSON.parse(readFileSync(file, "utf8")).version;
}
