import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const style = ["page.css"];
const scripts = ["server-settings.js", "samples.js", "search.js", "theme.js", "try-it.js"];

export interface Assets {
  readonly style: string;
  readonly scripts: readonly string[];
  /** The library of the search. */
  readonly search: string;
  /** Content by name; each name holds a digest, so that the file can be cached for ever. */
  readonly files: Readonly<Record<string, string>>;
}

/** What every page loads, beside it. */
export function assets(theme: string): Assets {
  const files: Record<string, string> = {};
  const add = (name: string, content: string) => {
    const file = digested(name, content);
    files[file] = content;
    return file;
  };
  const read = (name: string) => readFileSync(new URL(`browser/${name}`, import.meta.url), "utf8");
  // Its build for script elements: a module would not load from a folder that is opened without a server.
  const minisearch = new URL("../umd/index.js", import.meta.resolve("minisearch"));
  return {
    files,
    style: add("page.css", [...style.map(read), theme].join("\n")),
    scripts: scripts.map((name) => add(name, read(name))),
    search: add("minisearch.js", readFileSync(minisearch, "utf8").replace(/\/\/# sourceMappingURL.*$/m, "")),
  };
}

export function digested(name: string, content: string): string {
  const digest = createHash("sha256").update(content).digest("hex").slice(0, 16);
  return name.replace(/(\.\w+)$/, `.${digest}$1`);
}
