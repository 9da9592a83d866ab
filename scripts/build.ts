import { execFileSync } from "node:child_process";
import { cpSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

rmSync(root("dist"), { recursive: true, force: true });
execFileSync(
  process.execPath,
  [root("node_modules/typescript/bin/tsc"), "--project", root("tsconfig.build.json")],
  {
    stdio: "inherit",
  },
);
// Beside the compiled server as they are beside its source; the compiler has put openapi.json there already.
cpSync(root("generated/docs"), root("dist/generated/docs"), { recursive: true });
