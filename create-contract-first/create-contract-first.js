#!/usr/bin/env node
// `npm create contract-first [folder] [-- --from <document>]` runs this. An old Node.js is told so by the command.
process.argv.splice(2, 0, "init");
import("contract-first/command");
