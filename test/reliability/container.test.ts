import { execFileSync, spawn } from "node:child_process";
import { cp, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test, vi } from "vitest";
import { temporaryFolder } from "../support/temporary-folder.ts";

interface Stage {
  readonly folder: string;
  readonly environment: Record<string, string>;
  command: string[];
}

/** The steps of the container file in plain folders: what its base image, users and read-only root do is not tried. */
async function build(containerfile: string): Promise<Stage> {
  const stages = new Map<string, Stage>();
  let stage: Stage | undefined;
  for (const step of containerfile.replace(/\\\n/g, " ").split("\n")) {
    const [, instruction, rest = ""] = /^([A-Z]+) (.*)$/.exec(step) ?? [];
    if (instruction === "FROM") {
      stage = { folder: await temporaryFolder(), environment: {}, command: [] };
      stages.set(/ AS (\w+)$/.exec(rest)?.[1] ?? "last", stage);
    }
    if (stage === undefined) continue;
    const { folder, environment } = stage;
    if (instruction === "COPY") {
      const [, from, paths = ""] = /^(?:--from=(\w+) )?(.*)$/.exec(rest) ?? [];
      const sources = paths.split(" ");
      const target = sources.pop() ?? ".";
      for (const source of sources) {
        const origin =
          from === undefined ? source : join(stages.get(from)?.folder ?? "", source.replace("/app/", ""));
        if (source === ".") execFileSync("sh", ["-c", `git archive HEAD | tar -x -C ${folder}`]);
        else {
          const into = target.endsWith("/")
            ? join(folder, target, source.split("/").at(-1) ?? "")
            : join(folder, target);
          await mkdir(join(into, ".."), { recursive: true });
          await cp(origin, into, { recursive: true, verbatimSymlinks: true });
        }
      }
    }
    if (instruction === "RUN")
      execFileSync("sh", ["-ec", rest.replace(/ && chown \S+ \S+/, "")], { cwd: folder, stdio: "pipe" });
    if (instruction === "ENV")
      for (const pair of rest.split(" "))
        environment[pair.split("=", 1)[0] ?? ""] = pair.slice(pair.indexOf("=") + 1);
    if (instruction === "CMD") stage.command = JSON.parse(rest);
  }
  return stage as Stage;
}

/** It installs all packages twice. */
vi.setConfig({ testTimeout: 600_000 });
const isLong = process.env.RELIABILITY === "long";

test.runIf(isLong)(
  "the steps of the container file make a server that starts in production, with docs and traces",
  async () => {
    const { folder, environment, command } = await build(await readFile("deploy/Containerfile", "utf8"));
    expect(environment).toEqual({ NODE_ENV: "production", HOST: "0.0.0.0", PORT: "3000" });
    const server = spawn(process.execPath, command.slice(1), {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        ...environment,
        PORT: "0",
        ISSUER: "http://127.0.0.1:9/",
        AUDIENCE: "audience",
        ENCRYPTION_KEYS: `k1:${Buffer.from("0123456789abcdef0123456789abcdef").toString("base64")}`,
        OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9",
      },
    });
    onTestFinished(() => void server.kill("SIGKILL"));
    let said = "";
    server.stderr.on("data", (chunk) => (said += chunk));
    let origin: string | undefined;
    for await (const line of createInterface(server.stdout)) {
      said += line;
      origin = /Listening on (http:\/\/[^/]+)/.exec(line)?.[1];
      if (origin !== undefined) break;
    }
    expect(origin, said).toBeDefined();
    const local = (origin ?? "").replace("0.0.0.0", "127.0.0.1");
    expect((await fetch(`${local}/health/live`)).status).toBe(200);
    expect(await (await fetch(`${local}/docs/`)).text()).toContain("Authentication Methods API");
  },
);
