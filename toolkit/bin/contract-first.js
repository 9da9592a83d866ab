#!/usr/bin/env node
// Plain JavaScript of the kind that any Node.js reads, so that an old one is told what it lacks.
import module from "node:module";

const oldest = 24;

if (Number(process.versions.node.split(".")[0]) < oldest) {
  process.stderr.write(
    `contract-first needs Node.js ${oldest} or newer, and this is ${process.version}: install it from https://nodejs.org, or put "node": "^${oldest}" among your devDependencies and use npx.\n`,
  );
  process.exitCode = 2;
} else {
  // Before anything else is imported, so that its compiled code is read from the cache.
  module.enableCompileCache();
  import("./main.ts").then(({ main }) => main(process.argv.slice(2)));
}
