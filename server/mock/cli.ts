import { runMock } from "./command.ts";

process.exitCode = await runMock(process.argv.slice(2));
