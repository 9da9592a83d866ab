import { basePath, type Operation } from "../openapi/index.ts";
import type { Group } from "./project.ts";
import type { Trial, TriedRequest } from "./trial.ts";

/** One test for each operation, over real HTTP. */
export function testFiles({ project, requests }: Trial): Record<string, string> {
  const secured = project.groups
    .flatMap((group) => group.operations)
    .filter(({ security }) => security.length > 0 && security.every((all) => all.length > 0))
    .flatMap(({ id }) => requests.get(id) ?? []);
  return {
    "test/server.ts": server(
      project.schemes.map(({ name }) => name),
      basePath(project.document),
    ),
    ...Object.fromEntries(
      project.groups.map((group) => [`test/${group.file}.test.ts`, testsOf(group, requests)]),
    ),
    ...(secured.length > 0 && { "test/security.test.ts": securityTest(secured) }),
  };
}

function server(schemes: readonly string[], base: string): string {
  return `import { after, before } from "node:test";
import { type AppOptions, buildApp } from "../server/app.ts";

const caller = { subject: "somebody" };

/** Lets everybody in: what security handlers refuse has tests of its own. */
const open: AppOptions = {
  securityHandlers: {
${schemes.map((name) => `    ${JSON.stringify(name)}: () => caller,\n`).join("")}  },
};

export interface Call {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Starts the server before the tests of a file, and stops it after them. */
export function openServer(options: AppOptions = open): (method: string, path: string, call?: Call) => Promise<Response> {
  let url = "";
  let close = async () => {};
  before(async () => {
    const app = await buildApp(options);
    url = await app.listen({ host: "127.0.0.1", port: 0 });
    close = () => app.close();
  });
  after(() => close());
  return (method, path, call = {}) => fetch(\`\${url}\${base}\${path}\`, { method, ...call });
}

const base = ${JSON.stringify(base)};
`;
}

function testsOf({ operations }: Group, requests: ReadonlyMap<string, TriedRequest>): string {
  return `import assert from "node:assert/strict";
import { test } from "node:test";
import { openServer } from "./server.ts";

const call = openServer();
${operations.map((operation) => testOf(operation, requests.get(operation.id))).join("")}`;
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
