// Run by npm around `npm pack` and `npm publish`. In the repository the package's exports are its TypeScript sources,
// which Node.js runs as they are; it does not do that below node_modules, so what is published is compiled, and its
// exports and its command name the compiled files while it is packed.
import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const manifest = here("package.json");
const sources = here("package.json.sources");

function compile(): void {
  rmSync(here("dist"), { recursive: true, force: true });
  const compiler = createRequire(import.meta.url).resolve("typescript/bin/tsc");
  execFileSync(process.execPath, [compiler, "--project", here("tsconfig.build.json")], { stdio: "inherit" });
  // What browsers run is no module of ours, and stays as it is.
  cpSync(here("docs/browser"), here("dist/docs/browser"), { recursive: true });
}

/** `./mock/index.ts` → `{ types: "./dist/mock/index.d.ts", default: "./dist/mock/index.js" }`. */
function compiled(path: string): string | object {
  const base = /^\.\/(.*)\.[jt]s$/.exec(path)?.[1];
  return base === undefined ? path : { types: `./dist/${base}.d.ts`, default: `./dist/${base}.js` };
}

if (process.argv[2] === "prepack") {
  compile();
  copyFileSync(manifest, sources);
  const content = JSON.parse(readFileSync(manifest, "utf8"));
  for (const [name, path] of Object.entries(content.exports)) content.exports[name] = compiled(String(path));
  for (const [name, path] of Object.entries(content.bin))
    content.bin[name] = `./dist/${String(path).slice(2)}`;
  writeFileSync(manifest, `${JSON.stringify(content, null, 2)}\n`);
} else {
  renameSync(sources, manifest);
}
