import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { publint } from "publint";
import { beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { emptyFolder, install, pack, packedToolkit, path, run } from "./pack.ts";

// A busy machine takes its time where a test installs and starts servers.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 });

let project: string;
let files: string[];
let toolkitFiles: string[];
let command: string;

beforeAll(async () => {
  project = await emptyFolder();
  const toolkit = await packedToolkit();
  const create = await pack("create-contract-first", project);
  const packed = await pack(".", project);
  files = packed.files;
  toolkitFiles = toolkit.files;
  await install(project, [toolkit.tarball, create.tarball, packed.tarball]);
  command = join(project, "node_modules/.bin/authentication-methods");
});

/** Starts the installed server and waits until it tells where it listens. */
async function serve(): Promise<{ origin: string; child: ChildProcess }> {
  const { NODE_ENV: _test, ...env } = process.env;
  const child = spawn(command, ["serve"], { cwd: project, env: { ...env, PATH: path, PORT: "0" } });
  onTestFinished(async () => {
    if (child.exitCode !== null) return;
    child.kill("SIGTERM");
    await once(child, "exit");
  });
  for await (const line of createInterface(child.stdout)) {
    const origin = /Listening on (http:[^"]*)\/api\/v2/.exec(line)?.[1];
    if (origin) return { origin, child };
  }
  throw new Error("the server ended before it listened");
}

test("holds the compiled server, the contract and the docs, and nothing else", () => {
  const extra = files.filter(
    (file) => !/^dist\/(server\/.*\.(js|d\.ts)|generated\/docs\/[\w.-]+)$/.test(file),
  );
  expect(extra.sort()).toEqual(["LICENSE", "README.md", "dist/generated/openapi.json", "package.json"]);
  expect(files).toContain("dist/server/main.js");
  expect(files).toContain("dist/generated/docs/index.html");
});

test("the toolkit's holds its compiled rooms and nothing of the API", () => {
  const extra = toolkitFiles.filter(
    (file) =>
      !/^dist\/(openapi|command-line|fastify|webhooks|mock|client|conformance|coverage|docs|init|bin)\/.*\.(js|d\.ts|css)$/.test(
        file,
      ),
  );
  expect(extra.sort()).toEqual(["LICENSE", "README.md", "package.json"]);
});

test.each(["authentication-methods", "contract-first", "create-contract-first"])(
  "publint has nothing to say of %s",
  async (name) => {
    const { messages } = await publint({ pkgDir: join(project, "node_modules", name) });
    expect(messages).toEqual([]);
  },
);

test("its command line prints help and a token", async () => {
  expect(await run(project, command, ["--help"])).toMatch(/^Usage: authentication-methods/);
  expect(await run(project, command, ["token", "--scope", "read:users"])).toMatch(
    /^ey[\w-]+\.[\w-]+\.[\w-]+\n$/,
  );
});

test("the toolkit's command line prints help, and names what a command lacks", async () => {
  const contractFirst = join(project, "node_modules/.bin/contract-first");
  expect(await run(project, contractFirst, ["--help"])).toMatch(/^Usage: contract-first/);
  await expect(run(project, contractFirst, ["diff", "old.json", "new.json"])).rejects.toThrow(
    "needs Redocly CLI: npm install --save-dev @redocly/cli.",
  );
});

test("npm create contract-first makes a project, by the version of the toolkit that is installed there", async () => {
  const made = await emptyFolder();
  await symlink(
    fileURLToPath(new URL("../../node_modules", import.meta.url)),
    join(made, "node_modules"),
    "junction",
  );
  const create = join(project, "node_modules/.bin/create-contract-first");
  expect(await run(made, create, ["--yes"])).toContain("Tasks: 4 operations");
  expect(await readdir(made)).toEqual(expect.arrayContaining(["client", "openapi", "server", "test"]));
});

test("it serves the API, the contract and the docs", async () => {
  const { origin } = await serve();
  const token = (await run(project, command, ["token"], { PORT: "0" })).trim();
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };

  expect((await fetch(`${origin}/openapi.json`)).status).toBe(200);
  const docs = await fetch(`${origin}/docs`);
  expect(docs.url).toBe(`${origin}/docs/`);
  expect(docs.headers.get("content-security-policy")).toContain("script-src 'self'");
  expect(await docs.text()).toContain("Migrate from Auth0");
  const body = JSON.stringify({ connection: "Username-Password-Authentication", user_id: "ada" });
  const created = await fetch(`${origin}/api/v2/users`, { method: "POST", headers, body });
  expect(created.status).toBe(201);
});

test("lends its toolkit to another contract: routes that refuse what it does not allow, and a mock of it", async () => {
  await writeFile(
    join(project, "toolkit.ts"),
    `
import fastify from "fastify";
import { registerContract } from "contract-first/fastify";
import type { Handlers } from "contract-first/fastify";
import { InvalidRequestError } from "contract-first/fastify";
import { createMock } from "contract-first/mock";

interface operations {
  greet: {
    parameters: { query: { name: string }; header?: never; path?: never; cookie?: never };
    requestBody?: never;
    responses: { 200: { headers: { [name: string]: unknown }; content: { "application/json": { greeting: string } } } };
  };
}
const document = {
  openapi: "3.1.0",
  info: { title: "Greetings", version: "1" },
  paths: {
    "/greeting": {
      get: {
        operationId: "greet",
        parameters: [{ name: "name", in: "query", required: true, schema: { type: "string" } }],
        responses: {
          200: {
            description: "A greeting.",
            content: { "application/json": { schema: { type: "object", properties: { greeting: { type: "string" } } } } },
          },
        },
      },
    },
  },
};
const handlers: Handlers<operations, undefined> = {
  greet: ({ query }) => ({ status: 200, body: { greeting: "Hello " + query.name } }),
};
const app = fastify();
app.setErrorHandler((error, _request, reply) => reply.code(error instanceof InvalidRequestError ? 400 : 500).send());
await registerContract<operations, undefined>(app, { document, handlers, securityHandlers: {} });
const greeted = await app.inject("/greeting?name=Ada");
const refused = await app.inject("/greeting");
const mock = await createMock(document, { port: false });
const mocked = await mock.fetch("/greeting?name=Ada");
await mock.close();
console.log(JSON.stringify([greeted.json(), refused.statusCode, await mocked.json()]));
`,
  );
  const tsc = fileURLToPath(new URL("../../node_modules/typescript/bin/tsc", import.meta.url));
  const strict = ["--strict", "--noEmit", "--module", "nodenext", "--target", "esnext", "--skipLibCheck"];
  await run(project, process.execPath, [tsc, ...strict, "--lib", "esnext,dom", "toolkit.ts"]);
  const printed = await run(project, process.execPath, ["toolkit.ts"]);
  expect(JSON.parse(printed)).toEqual([{ greeting: "Hello Ada" }, 400, { greeting: "string" }]);
});
