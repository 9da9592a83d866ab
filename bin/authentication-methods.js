// The command line from its sources. Plain JavaScript, so that the compile cache is on before the first file is
// stripped of its types: that saves a tenth of the start.
import module from "node:module";

// An older Node would answer with the stack of a SyntaxError.
if (Number.parseInt(process.versions.node, 10) < 24) {
  process.stderr.write(
    `Node 24 or newer is needed, and this is ${process.versions.node}: install it, or let npm do so by npm ci --include=dev.\n`,
  );
  process.exitCode = 1;
} else {
  module.enableCompileCache();
  await import("../server/main.ts");
}
