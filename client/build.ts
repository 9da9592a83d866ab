import { execFileSync } from "node:child_process";
import { copyFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

rmSync(here("dist"), { recursive: true, force: true });
execFileSync(
  process.execPath,
  [here("../node_modules/typescript/bin/tsc"), "--project", here("tsconfig.build.json")],
  {
    stdio: "inherit",
  },
);
// The contract's types and the contract itself are generated outside this package and published inside it.
for (const file of ["openapi.d.ts", "openapi.json"])
  copyFileSync(here(`../generated/${file}`), here(`dist/${file}`));
