import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished } from "vitest";

const create = fileURLToPath(
  new URL("../../../create-contract-first/create-contract-first.js", import.meta.url),
);

/**
 * Runs the blocks of a guide in their order: `sh` line by line, where a comment tells what the output contains
 * (`# fails: …` where the command has to fail), and what bears a file's name goes into the file: `ts` in its place, `yaml`
 * at its end, `diff` as its lines say.
 *
 * @param within a folder that has the packages already
 * @returns the folder that the guide ends in
 */
export async function followGuide(guide: string, within: string): Promise<string> {
  const { NODE_OPTIONS: _, ...inherited } = process.env;
  const env = { ...inherited, PORT: String(await freePort()) };
  let folder = within;
  const text = await readFile(guide, "utf8");
  for (const [, language = "", file, content = ""] of text.matchAll(/^```(\w+)(?: (\S+))?\n(.*?)^```$/gms)) {
    if (file !== undefined) await edit(join(folder, file), language, content);
    else if (language === "sh")
      for (const line of content.trim().split("\n")) folder = await runLine(line, folder, env);
  }
  return folder;
}

async function edit(file: string, language: string, content: string): Promise<void> {
  if (language === "ts") return writeFile(file, content);
  const before = await readFile(file, "utf8");
  if (language === "yaml") return writeFile(file, before + content);
  const side = (sign: string) =>
    content
      .split("\n")
      .filter((line) => line.startsWith(sign))
      .map((line) => line.slice(1))
      .join("\n");
  expect(before).toContain(side("-"));
  return writeFile(
    file,
    before.replace(side("-"), () => side("+")),
  );
}

async function runLine(
  line: string,
  folder: string,
  env: Record<string, string | undefined>,
): Promise<string> {
  const [command = "", comment = ""] = line.split(/\s+# /, 2);
  const [, fails, told = ""] = /^(fails: )?(.*)$/.exec(comment) ?? [];
  if (command.startsWith("cd ")) return join(folder, command.slice(3));
  const written = command
    .replace(/^npm create contract-first/, () => `"${process.execPath}" "${create}"`)
    .replaceAll(":8080/", `:${env.PORT}/`);
  // In a process group of its own, which ends with all that npm has started.
  const child = spawn(written, {
    cwd: folder,
    env,
    shell: true,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const isListening = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        if (output.includes("Server listening")) resolve();
      });
  });
  const ended = once(child, "close");
  if (command === "npm start") {
    onTestFinished(async () => {
      if (child.exitCode === null) process.kill(-(child.pid ?? 0), "SIGTERM");
      await ended;
    });
    await Promise.race([isListening, ended]);
    return folder;
  }
  const [code] = await ended;
  expect(code === 0, `${basename(folder)}> ${command}\n${output}`).toBe(fails === undefined);
  expect(output).toContain(told);
  return folder;
}

async function freePort(): Promise<number> {
  const { createServer } = await import("node:net");
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address !== null ? address.port : 0;
}
