import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * Runs the command of a package of the project's.
 *
 * @param command the file within the package, `@redocly/cli/bin/cli.js`
 * @throws Error in one sentence where the package is not installed, or with what the command told
 */
export async function runTool(folder: string, command: string, args: readonly string[]): Promise<string> {
  const file = findTool(folder, command);
  try {
    const { stdout } = await run(process.execPath, [file, ...args], {
      cwd: folder,
      maxBuffer: 256 * 1024 * 1024,
      env: {
        ...process.env,
        REDOCLY_TELEMETRY: "off",
        REDOCLY_SUPPRESS_UPDATE_NOTICE: "true",
        NO_COLOR: "1",
      },
    });
    return stdout;
  } catch (error) {
    const { stderr = "", message } = error as Error & { stderr?: string };
    throw new Error(`${packageOf(command)} failed: ${stderr.trim() || message}`);
  }
}

/**
 * The file of a command, in the project's packages before those beside this one. Not as a module: what a package exports
 * need not name its command.
 *
 * @throws Error in one sentence where the package is not installed
 */
export function findTool(folder: string, command: string): string {
  const name = packageOf(command);
  for (const from of [join(folder, "package.json"), import.meta.url]) {
    const places = createRequire(from).resolve.paths(name) ?? [];
    const found = places.map((place) => join(place, command)).find((file) => existsSync(file));
    if (found !== undefined) return found;
  }
  throw new Error(`This command needs ${name}: npm install --save-dev ${name}.`);
}

/** `@redocly/cli/bin/cli.js` → `@redocly/cli`. */
function packageOf(command: string): string {
  return command
    .split("/")
    .slice(0, command.startsWith("@") ? 2 : 1)
    .join("/");
}
