import { enableCompileCache } from "node:module";

// Stripping the types of every file takes longer than all the rest of a start: keep the result.
enableCompileCache();
const { runMock } = await import("./command.ts");

process.exitCode = await runMock(process.argv.slice(2));
