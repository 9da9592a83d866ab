/** The files that are the same for every contract. */
export const commonFiles: Readonly<Record<string, string>> = {
  "tsconfig.json": `${JSON.stringify(
    {
      compilerOptions: {
        target: "esnext",
        module: "nodenext",
        lib: ["esnext", "dom", "dom.iterable", "dom.asynciterable"],
        types: ["node"],
        noEmit: true,
        incremental: true,
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        verbatimModuleSyntax: true,
        erasableSyntaxOnly: true,
        allowImportingTsExtensions: true,
        resolveJsonModule: true,
        skipLibCheck: true,
      },
      include: ["server", "client", "test", "generated/*.d.ts"],
    },
    null,
    2,
  )}\n`,
  ".gitignore": "node_modules/\ncoverage/\ndocs-site/\n*.tsbuildinfo\n*.log\n.env\n",
  "redocly.yaml": `extends:
  - recommended
rules:
  operation-operationId-unique: error
  no-unresolved-refs: error
  security-defined: warn
  no-server-example.com: off
`,
  ".github/workflows/test.yml": `name: Test
on: [push, pull_request]
permissions:
  contents: read
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - uses: actions/setup-node@v5
        with:
          node-version: 24
          cache: npm
      - run: npm ci
      - run: npm run lint
      - run: npm test
`,
  "client/client.ts": `import { type ClientOptions, createClient } from "contract-first/client";
import type { paths } from "../generated/openapi.d.ts";

/** A client of this API, typed by its contract. */
export function createApiClient(options: ClientOptions) {
  return createClient<paths>(options);
}
`,
};

/** @param notChecked what of the contract is not checked, one sentence each */
export function readme(title: string, notChecked: readonly string[]): string {
  const most = 20;
  const listed = notChecked.slice(0, most).map((sentence) => `- ${sentence.replaceAll(/\s+/g, " ")}\n`);
  const more = notChecked.length > most ? `- … and ${notChecked.length - most} more\n` : "";
  return `# ${title.replaceAll(/\s+/g, " ")}

One contract, \`openapi/\`; everything else is derived from it or held against it.

\`\`\`
npm start          the server, at http://127.0.0.1:8080 (HOST, PORT, LOG_LEVEL)
npm test           types, one test for each operation, conformance, and how much of the contract is tested
npm run generate   after a change of openapi/: generated/, which nobody edits
npm run dev        server, mock, docs and types together, up to date with every save
npm run mock       a mock server of the contract, at http://127.0.0.1:4010
npm run docs       pages to read, in docs-site/, which the server has at /docs
npm run lint       whether the contract is well-made
\`\`\`

Beside the contract the server has \`/health/live\`, \`/health/ready\`, \`/openapi.json\` and \`/docs\`, and where METRICS_PORT
is set Prometheus' metrics on a port of their own. SIGTERM lets the requests that have come be answered.

Each handler in \`server/handlers/\` answers the contract's example until it is written: put a function in the place of
\`documented(…)\`, and the compiler tells what it takes and may answer. Its second argument has the principal, the request
and a signal that tells when the client has gone. Files come and go as streams, events as async iterables: see the README
of \`contract-first\`. \`server/security/\` lets nobody in before it is written; tokens of an issuer are taken once ISSUER,
AUDIENCE and JWKS_URI are set.

Tests of your own go into \`test/operations/\`, where all files share one server, or into a \`*.test.ts\` of their own, where
\`openServer()\` of \`test/server.ts\` starts one.

After a change of the contract \`npx contract-first init\` adds what is new. Files that were changed by hand stay as they
are; the compiler tells what they lack.
${
  notChecked.length === 0
    ? ""
    : `
## Not checked

The contract cannot be held strictly, so the server is \`lenient\`. These are left out or let through:

${listed.join("")}${more}`
}`;
}
