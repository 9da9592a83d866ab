import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test, vi } from "vitest";
import { temporaryFolder } from "../support/temporary-folder.ts";

// A busy machine takes its time where a test starts processes.
vi.setConfig({ testTimeout: 180_000 });

const modules = fileURLToPath(new URL("../../node_modules", import.meta.url));
const command = fileURLToPath(new URL("../../toolkit/bin/contract-first.js", import.meta.url));

const contract = (greeting: string) => `openapi: 3.1.1
info: { title: Greetings, version: 1.0.0 }
paths:
  /greeting:
    get:
      operationId: greet
      summary: Greet
      responses:
        200:
          description: A greeting.
          content: { text/plain: { schema: { type: string }, example: ${greeting} } }
`;

/** Answers with what the bundle holds, as it is when the server starts. */
const server = `import { readFileSync } from "node:fs";
import { createServer } from "node:http";
const { paths } = JSON.parse(readFileSync("generated/openapi.json", "utf8"));
const { example } = paths["/greeting"].get.responses[200].content["text/plain"];
const server = createServer((_request, response) => response.end("served: " + example));
server.listen(0, "127.0.0.1", () => console.log("Server at http://127.0.0.1:" + server.address().port));
`;

async function project(): Promise<string> {
  const folder = await temporaryFolder();
  await symlink(modules, join(folder, "node_modules"), "junction");
  await mkdir(join(folder, "server"));
  await writeFile(join(folder, "server/main.js"), server);
  await writeFile(join(folder, "openapi.yaml"), contract("Hello"));
  return folder;
}

interface Running {
  readonly child: ChildProcess;
  /** Waits for the next line that matches, and gives what the pattern's group holds, or all. */
  readonly told: (pattern: RegExp) => Promise<string>;
}

function dev(folder: string): Running {
  const args = ["dev", "openapi.yaml", "--server", "server/main.js", "--mock-port", "0"];
  const child = spawn(process.execPath, [command, ...args], { cwd: folder });
  onTestFinished(() => void child.kill());
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    child,
    async told(pattern) {
      for (let next = await lines.next(); !next.done; next = await lines.next()) {
        const found = pattern.exec(next.value);
        if (found) return found[1] ?? found[0];
      }
      throw new Error(`It ended before it told ${pattern}.`);
    },
  };
}

const read = async (url: string) => (await fetch(url)).text();

test("server, mock, docs and types follow each save in one terminal, keep the last good contract, and end together", async () => {
  const folder = await project();
  const { child, told } = dev(folder);
  const mock = await told(/^ +mock \| Mock is listening on (.*)/);
  await told(/^ +docs \| .*index\.html/);
  await told(/^ +types \| generated\/openapi\.json/);
  const first = await told(/^server \| Server at (.*)/);
  expect(await read(first)).toBe("served: Hello");
  expect(await read(`${mock}/greeting`)).toBe("Hello");

  await writeFile(join(folder, "openapi.yaml"), contract("[").replace("Greet\n", "Broken\n"));
  await told(/^ +dev \| The last good contract stays\. openapi\.yaml: .*\(11:\d+\)/);
  await writeFile(
    join(folder, "openapi.yaml"),
    contract("Hi").replace("{ type: string }", "{ $ref: none.yaml }"),
  );
  await told(/^ +dev \| The last good contract stays\. .*none\.yaml/);
  expect(await read(`${mock}/greeting`)).toBe("Hello");
  expect(await read(first)).toBe("served: Hello");
  expect(await readFile(join(folder, "docs-site/index.html"), "utf8")).toContain("Greet");

  await writeFile(join(folder, "openapi.yaml"), contract("Welcome"));
  await told(/^ +dev \| The contract is read again: 1 operations\./);
  expect(await read(`${mock}/greeting`)).toBe("Welcome");
  const second = await told(/^server \| Server at (.*)/);
  expect(await read(second)).toBe("served: Welcome");

  await writeFile(join(folder, "server/main.js"), server.replace("served", "written"));
  const third = await told(/^server \| Server at (.*)/);
  expect(await read(third)).toBe("written: Welcome");

  const ended = once(child, "exit");
  child.kill("SIGINT");
  expect((await ended)[0]).toBe(0);
  await expect(fetch(third)).rejects.toThrow();
  await expect(fetch(mock)).rejects.toThrow();
});

test.each([
  [["nothing.yaml"], /nothing\.yaml does not exist\./],
  [["--mock-port", "many"], /--mock-port many is no port \(see contract-first dev --help\)\./],
])("dev refuses %j in one sentence", async (args, sentence) => {
  const child = spawn(process.execPath, [command, "dev", ...args], { cwd: await temporaryFolder() });
  const told = once(child.stderr, "data");
  expect((await once(child, "exit"))[0]).toBe(2);
  expect(String(await told)).toMatch(sentence);
});

/** Refuses what only the server needs, as where it is not installed. */
const withoutFastify = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from "node:module";
  registerHooks({
    resolve(specifier, context, next) {
      if (/^fastify/.test(specifier)) throw new Error(specifier + " is not installed.");
      return next(specifier, context);
    },
  });
`)}`;

const helpOf = async (...args: string[]) =>
  (await promisify(execFile)(process.execPath, ["--import", withoutFastify, command, ...args, "--help"]))
    .stdout;

test("the help lists every command, and each has help of its own in the same style, whatever is not installed", async () => {
  const names = [...(await helpOf()).matchAll(/^ {2}([a-z]+)/gm)].map(([, name = ""]) => name);
  expect(names).toEqual(["init", "dev", "generate", "mock", "docs", "diff", "conformance", "coverage"]);
  const helps = await Promise.all(names.map((name) => helpOf(name)));
  expect(
    helps.map(
      (help) =>
        /^Usage: contract-first ([a-z]+) .*\n\n[A-Z].*\.\n/.exec(
          help.replaceAll(/(?<=\S)\n(?=\S)/g, " "),
        )?.[1],
    ),
  ).toEqual(names);
});

test("generate writes a contract of Swagger 2.0 as OpenAPI 3, with its types", async () => {
  const folder = await project();
  const response = { description: "A greeting.", schema: { type: "string" } };
  const swagger = {
    swagger: "2.0",
    info: { title: "Greetings", version: "1.0.0" },
    produces: ["text/plain"],
    paths: { "/greeting": { get: { operationId: "greet", responses: { 200: response } } } },
  };
  await writeFile(join(folder, "swagger.json"), JSON.stringify(swagger));
  await promisify(execFile)(process.execPath, [command, "generate", "--from", "swagger.json"], {
    cwd: folder,
  });
  const bundle = JSON.parse(await readFile(join(folder, "generated/openapi.json"), "utf8"));
  expect(bundle.openapi).toMatch(/^3\./);
  expect(await readFile(join(folder, "generated/openapi.d.ts"), "utf8")).toContain('"text/plain": string');
});
