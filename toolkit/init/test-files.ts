import { basePath, type Operation } from "../openapi/index.ts";
import { credential } from "./conformance-choice.ts";
import { propertyName } from "./names.ts";
import type { Group } from "./project.ts";
import type { Trial, TriedRequest } from "./trial.ts";

/** One test for each operation, over real HTTP. */
export function testFiles(trial: Trial): Record<string, string> {
  const { project, requests } = trial;
  const secured = project.groups
    .flatMap((group) => group.operations)
    .filter(({ security }) => security.length > 0 && security.every((all) => all.length > 0))
    .flatMap(({ id }) => requests.get(id) ?? []);
  return {
    "test/server.ts": server(
      project.schemes.map(({ name }) => name),
      basePath(project.document),
    ),
    "test/operations.test.ts": operations,
    ...Object.fromEntries(
      project.groups.map((group) => [`test/operations/${group.file}.ts`, testsOf(group, requests)]),
    ),
    ...(secured.length > 0 && { "test/security.test.ts": securityTest(secured) }),
    "test/conformance.test.ts": conformanceTest(trial),
    "test/coverage.ts": coverage(trial),
  };
}

function server(schemes: readonly string[], base: string): string {
  return `import { after, before } from "node:test";
import { coveragePlugin, Recorder, writeRecord } from "contract-first/coverage";
import { type AppOptions, buildApp } from "../server/app.ts";
import { contract } from "../server/contract.ts";
import { records } from "./coverage.ts";

const caller = { subject: "somebody" };

/** Lets everybody in: what security handlers refuse has tests of its own. */
const open: AppOptions = {
  securityHandlers: {
${schemes.map((name) => `    ${propertyName(name)}: () => caller,\n`).join("")}  },
};

export interface Call {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Starts a server, and keeps what of the contract is exercised until it is stopped. */
export async function startServer(options: AppOptions): Promise<{ origin: string; stop(): Promise<void> }> {
  // What a test cannot see of an answer: why it is a 500.
  const app = await buildApp({ logger: { level: "error" }, ...options });
  const recorder = new Recorder(contract);
  app.register(coveragePlugin, { recorder });
  return {
    origin: await app.listen({ host: "127.0.0.1", port: 0 }),
    async stop() {
      await app.close();
      await writeRecord(records, recorder.hits);
    },
  };
}

type Caller = (method: string, path: string, call?: Call) => Promise<Response>;

const callers = new Map<AppOptions, Caller>();

/** Starts a server before the tests of this process, one for all that ask for the same, and stops it after them. */
export function openServer(options: AppOptions = open): Caller {
  const known = callers.get(options);
  if (known !== undefined) return known;
  let server: Awaited<ReturnType<typeof startServer>> | undefined;
  before(async () => {
    server = await startServer(options);
  });
  after(() => server?.stop());
  const caller: Caller = (method, path, call = {}) =>
    fetch(\`\${server?.origin}\${base}\${path}\`, { method, ...call });
  callers.set(options, caller);
  return caller;
}

const base = ${JSON.stringify(base)};
`;
}

const operations = `import { readdir } from "node:fs/promises";

// The files of test/operations/ share one process, and so one server: \`node --test\` gives each *.test.ts its own.
const files = await readdir(new URL("operations/", import.meta.url));
for (const file of files.filter((each) => each.endsWith(".ts")).toSorted()) await import(\`./operations/\${file}\`);
`;

function testsOf({ operations }: Group, requests: ReadonlyMap<string, TriedRequest>): string {
  return `import assert from "node:assert/strict";
import { test } from "node:test";
import { openServer } from "../server.ts";

const call = openServer();
${deletesLast(operations)
  .map((operation) => testOf(operation, requests.get(operation.id)))
  .join("")}`;
}

/** What a written handler has deleted the other tests would miss. */
function deletesLast(operations: readonly Operation[]): Operation[] {
  return operations.toSorted((a, b) => Number(a.method === "delete") - Number(b.method === "delete"));
}

function testOf({ id, method, path }: Operation, request: TriedRequest | undefined): string {
  const place = `${method.toUpperCase()} ${path}`;
  const name = JSON.stringify(id === place ? place : `${id}: ${place}`);
  if (request === undefined) return "";
  const { reason, status } = request;
  const sent = callOf(request);
  if (reason !== undefined) return `\n// ${reason.replaceAll(/\s+/g, " ")}\ntest.todo(${name});\n`;
  return `
test(${name}, async () => {
  const response = await ${sent};
  assert.equal(response.status, ${status}, await response.text());
});
`;
}

function callOf({ method, url, headers, body }: TriedRequest): string {
  const { accept: _any, ...own } = headers;
  const init = { ...(Object.keys(own).length > 0 && { headers: own }), ...(body !== undefined && { body }) };
  const rest =
    Object.keys(init).length > 0 ? `, ${JSON.stringify(init, null, 2).replaceAll("\n", "\n  ")}` : "";
  return `call(${JSON.stringify(method)}, ${JSON.stringify(url)}${rest})`;
}

function securityTest(secured: readonly TriedRequest[]): string {
  return `import assert from "node:assert/strict";
import { test } from "node:test";
import { openServer } from "./server.ts";

const call = openServer({});

const secured: readonly (readonly [method: string, path: string])[] = [
${secured.map(({ method, url }) => `  [${JSON.stringify(method)}, ${JSON.stringify(url)}],\n`).join("")}];

for (const [method, path] of secured) {
  test(\`\${method} \${path} lets in nobody without credentials\`, async () => {
    assert.equal((await call(method, path)).status, 401);
  });
}
`;
}

function conformanceTest({ project, conformance, findings }: Trial): string {
  const apiKeys = Object.keys(conformance.apiKeys ?? {});
  return `import assert from "node:assert/strict";
import { test } from "node:test";
import { checkConformance, textReport } from "contract-first/conformance";
import { type SecurityHandler, UnauthorizedError } from "contract-first/fastify";
import { contract } from "../server/contract.ts";
import type { Principal } from "../server/security/principal.ts";
import { startServer } from "./server.ts";

const credential = ${JSON.stringify(credential)};

/** Lets in whoever shows the credential, wherever the security scheme has it. */
const check: SecurityHandler<Principal> = ({ url, headers }) => {
  if (JSON.stringify([url, headers]).includes(credential)) return { subject: "somebody" };
  throw new UnauthorizedError("There are no credentials.", "Bearer");
};

/** Found when this file was made, mostly statuses that the contract leaves out: take out a line when it is mended. */
const known = new Set<string>([${findings.length === 0 ? "" : "\n"}${findings.map((key) => `  ${JSON.stringify(key)},\n`).join("")}]);

test("the server does what the contract says, and refuses what it forbids", async () => {
  const server = await startServer({
    securityHandlers: { ${project.schemes.map(({ name }) => `${propertyName(name)}: check`).join(", ")} },
  });
  try {
    const result = await checkConformance(contract.root, server.origin, {
      tokens: [credential],${
        apiKeys.length === 0
          ? ""
          : `\n      apiKeys: { ${apiKeys.map((name) => `${propertyName(name)}: credential`).join(", ")} },`
      }
      phases: [${conformance.phases?.map((phase) => JSON.stringify(phase)).join(", ")}],
      runs: ${conformance.runs},
      maxTime: ${conformance.maxTime},
    });
    const findings = result.findings.filter(({ key }) => !known.has(key));
    assert.equal(findings.length, 0, textReport({ ...result, findings }));
  } finally {
    await server.stop();
  }
});
`;
}

function coverage({ coverage: percent }: Trial): string {
  return `import { rm, writeFile } from "node:fs/promises";
import { coverageHtml, coverageText, readRecords, reportCoverage } from "contract-first/coverage";
import { contract } from "../server/contract.ts";

/** Where each test file keeps what of the contract it exercised. */
export const records = "coverage/records";
const page = "coverage/index.html";

/** What the tests exercise of the contract at least, in percent: raise it as they grow. */
const least = ${percent};

export async function globalSetup(): Promise<void> {
  await rm("coverage", { recursive: true, force: true });
}

export async function globalTeardown(): Promise<void> {
  const report = reportCoverage(contract, await readRecords(records));
  const [summary = ""] = coverageText(report).split("\\n", 1);
  await writeFile(page, coverageHtml(report));
  console.log(\`\${summary}; \${page} lists what is missing.\`);
  const { length } = report.items;
  if (100 * (length - report.missing.length) >= least * length) return;
  console.error(\`That is less than \${least} %: test more of the contract, or lower it in test/coverage.ts.\`);
  process.exitCode = 1;
}
`;
}
