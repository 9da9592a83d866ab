import { execFileSync } from "node:child_process";
import { copyFileSync, globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const compiler = createRequire(import.meta.url).resolve("typescript/bin/tsc");

rmSync(here("dist"), { recursive: true, force: true });
// The generic client is compiled into this package: whoever installs it needs nothing else of the toolkit.
for (const project of ["tsconfig.build.json", "tsconfig.toolkit.json"])
  execFileSync(process.execPath, [compiler, "--project", here(project)], { stdio: "inherit" });
// The contract's types and the contract itself are generated outside this package and published inside it.
for (const file of ["openapi.d.ts", "openapi.json"])
  copyFileSync(here(`../generated/${file}`), here(`dist/${file}`));
// Compilers before 5.0 know no `export type *`; a name that the package exports itself goes before the contract's.
const index = readFileSync(here("dist/index.d.ts"), "utf8");
const contract = readFileSync(here("dist/openapi.d.ts"), "utf8");
const names = [...contract.matchAll(/^export (?:type|interface) (\w+)/gm)].map(([, name = ""]) => name);
const others = names.filter((name) => !new RegExp(`\\b${name}\\b(?! as)`).test(index));
writeFileSync(
  here("dist/index.d.ts"),
  index.replace("export type * from", `export type { ${others.join(", ")} } from`),
);
// The compiler leaves specifiers in declarations as they are written; compilers before 5.0 refuse `.ts` in them.
for (const file of globSync(here("dist/**/*.{js,d.ts}"))) {
  const text = readFileSync(file, "utf8").replaceAll(
    '"contract-first/client"',
    '"./contract-first/index.js"',
  );
  writeFileSync(file, text.replace(/(from "\.[^"]*?)(\.d)?\.ts"/g, '$1.js"'));
}
