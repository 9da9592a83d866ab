import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

/** What a command of Redocly CLI printed, and how it ended. */
export interface RedoclyResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs Redocly CLI, the project's own before the one beside this package, with a configuration of ours.
 *
 * @param configuration the text of a redocly.yaml
 * @throws Error where Redocly CLI, an optional peer, is not installed
 */
export async function runRedocly(args: readonly string[], configuration: string): Promise<RedoclyResult> {
  const redocly = findRedocly();
  const folder = await mkdtemp(join(tmpdir(), "redocly-"));
  try {
    const config = join(folder, "redocly.yaml");
    await writeFile(config, configuration);
    const child = spawn(process.execPath, [redocly, ...args, "--config", config], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" },
    });
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, "close") as Promise<[number | null]>,
    ]);
    return { code, stdout, stderr };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function findRedocly(): string {
  for (const from of [join(process.cwd(), "package.json"), import.meta.url]) {
    try {
      return createRequire(from).resolve("@redocly/cli/bin/cli.js");
    } catch {
      // The next place may have it.
    }
  }
  throw new Error("This command needs Redocly CLI: npm install --save-dev @redocly/cli.");
}
