import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { modulesWithPackedToolkit } from "../../packages/pack.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { museum, trains } from "./contracts.ts";
import { followGuide } from "./guide.ts";

// A busy machine takes its time where a test compiles and starts processes.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const run = promisify(execFile);
const guide = fileURLToPath(new URL("../../../docs/your-own-contract.md", import.meta.url));
/** With the toolkit as it is published: what is compiled need not be compiled again with each project. */
let modules: string;

beforeAll(async () => {
  modules = await modulesWithPackedToolkit();
});

/** A folder that has the packages already. */
async function projectFolder(): Promise<string> {
  const folder = await temporaryFolder();
  await symlink(modules, join(folder, "node_modules"), "junction");
  return folder;
}

async function init(folder: string, document?: object): Promise<string> {
  const from = join(await temporaryFolder(), "contract.json");
  if (document !== undefined) await writeFile(from, JSON.stringify(document));
  const args = document === undefined ? [] : ["--from", from];
  return (await run(process.execPath, [join(modules, ".bin/contract-first"), "init", folder, ...args]))
    .stdout;
}

async function compile(folder: string): Promise<string> {
  const compiler = join(modules, "typescript/bin/tsc");
  return run(process.execPath, [compiler], { cwd: folder }).then(
    () => "",
    (error: { stdout: string }) => error.stdout,
  );
}

/** Runs the project's own tests, without the environment of this one. */
async function ownTests(folder: string): Promise<string> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const { stdout } = await run("npm", ["test"], { cwd: folder, env }).catch((error) => {
    throw new Error(error.stdout + error.stderr);
  });
  return stdout;
}

/** Starts the project as its users do. */
async function start(folder: string): Promise<string> {
  const child = spawn(process.execPath, ["server/main.ts"], {
    cwd: folder,
    env: { ...process.env, PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(async () => {
    child.kill();
    await once(child, "exit");
  });
  for await (const line of createInterface(child.stdout)) {
    const [, url] = /listening at (http:[^"]+)/.exec(line) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error("The server ended.");
}

test("a museum's contract becomes a project that passes its own tests and lets nobody in", async () => {
  const folder = await projectFolder();
  expect(await init(folder, museum)).toContain("Museum: 2 operations");
  const told = await ownTests(folder);
  expect(told).toMatch(/pass 5\b/);
  expect(told).toMatch(/contract coverage: \d+ of \d+; coverage\/index.html lists what is missing/);

  const url = await start(folder);
  expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  expect(await (await fetch(`${url}/docs/`)).text()).toContain("npm run docs");
  expect((await fetch(`${url}/openapi.json`)).status).toBe(200);
  const refused = await fetch(`${url}/api/hours?from=2026-03-02`);
  expect(refused.status).toBe(401);
  expect(refused.headers.get("www-authenticate")).toBe('Basic realm="Visitor"');
  expect(await refused.json()).toEqual({
    code: 401,
    message: expect.stringContaining("server/security/visitor.ts"),
  });
});

test("what can only be served leniently is, and README.md tells what is not checked", async () => {
  const folder = await projectFolder();
  expect(await init(folder, trains)).toContain("Served leniently");
  expect(await ownTests(folder)).toMatch(/pass 4\b/);
  expect(await readFile(join(folder, "README.md"), "utf8")).toContain("iso-country-code");

  const url = await start(folder);
  expect((await fetch(`${url}/stations`)).status).toBe(200);
  expect((await fetch(`${url}/bookings`, { method: "POST" })).headers.get("www-authenticate")).toBe("Bearer");
  expect(await (await fetch(`${url}/nowhere`)).json()).toMatchObject({ type: "about:blank", status: 404 });
});

test("the guide's blocks do what it says; run again on a changed contract it adds what is new, and the compiler tells what hand-written files lack", async () => {
  const folder = await followGuide(guide, await projectFolder());
  const handlers = join(folder, "server/handlers/tasks.ts");
  const written = await readFile(handlers, "utf8");
  await writeFile(
    join(folder, "openapi/paths/notes.yaml"),
    [
      "get: { operationId: listNotes, tags: [Notes], responses: { 200: { description: Notes. } } }",
      "post: { operationId: createNote, tags: [Tasks], responses: { 201: { description: Made. } } }",
    ].join("\n"),
  );
  const contract = join(folder, "openapi/openapi.yaml");
  const before = await readFile(contract, "utf8");
  await writeFile(contract, before.replace("paths:\n", "paths:\n  /notes: { $ref: paths/notes.yaml }\n"));

  expect(await init(folder)).toContain("Kept as you wrote it: server/handlers/tasks.ts");
  expect(await readFile(handlers, "utf8")).toBe(written);
  expect(await readFile(join(folder, "server/handlers/notes.ts"), "utf8")).toContain("listNotes");
  expect(await compile(folder)).toMatch(/^server\/app\.ts.*createNote/s);

  await expect(init(folder, museum)).rejects.toThrow("openapi/openapi.yaml was changed by hand");
});
