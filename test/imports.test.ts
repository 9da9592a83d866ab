import { glob, readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

/**
 * Which rooms each may import from, itself aside; a room is a folder, or a file that stands alone. A package is
 * imported by its name, so the toolkit appears as what its exports are.
 */
const allowed: Readonly<Record<string, readonly string[]>> = {
  "toolkit/openapi": [],
  "toolkit/client": [],
  "toolkit/fastify": ["toolkit/openapi"],
  "toolkit/webhooks": ["toolkit/client", "toolkit/fastify", "toolkit/openapi"],
  "toolkit/command-line": [],
  "toolkit/mock": ["toolkit/command-line", "toolkit/openapi"],
  "toolkit/docs": ["toolkit/openapi"],
  "toolkit/conformance": ["toolkit/openapi"],
  "toolkit/coverage": ["toolkit/openapi"],
  "toolkit/init": [
    "toolkit/conformance",
    "toolkit/coverage",
    "toolkit/fastify",
    "toolkit/mock",
    "toolkit/openapi",
  ],
  "toolkit/bin": [
    "toolkit/command-line",
    "toolkit/docs",
    "toolkit/mock",
    "toolkit/openapi",
    "toolkit/conformance",
    "toolkit/coverage",
    "toolkit/init",
  ],
  "server/formats": [],
  "server/store": ["server/private-file.ts"],
  "server/secrets": ["server/private-file.ts", "server/store"],
  "server/security": ["server/private-file.ts", "contract-first/fastify"],
  "server/rate-limit": ["server/http", "contract-first/fastify"],
  "server/http": ["server/secrets", "server/security", "server/store", "contract-first/fastify"],
  "server/config": ["server/rate-limit", "server/store"],
  "server/audit": ["server/security", "server/store", "contract-first/fastify"],
  "server/users": ["server/http", "server/security", "server/store", "contract-first/fastify"],
  "server/authentication-methods": [
    "server/canonical-json.ts",
    "server/http",
    "server/secrets",
    "server/security",
    "server/store",
    "server/users",
    "contract-first/fastify",
  ],
  "server/verification": [
    "server/authentication-methods",
    "server/http",
    "server/secrets",
    "server/security",
    "server/store",
    "server/users",
    "contract-first/fastify",
  ],
  "server/maintenance": [
    "server/authentication-methods",
    "server/canonical-json.ts",
    "server/contract.ts",
    "server/private-file.ts",
    "server/secrets",
    "server/store",
    "contract-first/fastify",
    "contract-first/openapi",
  ],
  "client/src": ["contract-first/client"],
};

/** Generated from the contract: for whoever knows the contract. */
const mayKnowTheContract = /^(server|client)\//;

async function importsOf(file: string): Promise<readonly string[]> {
  const { importedFiles } = ts.preProcessFile(await readFile(file, "utf8"));
  return importedFiles
    .map(({ fileName }) => fileName)
    .filter((name) => name.startsWith(".") || name.startsWith("contract-first"))
    .map((name) => (name.startsWith(".") ? join(dirname(file), name) : name));
}

/** `server/store/sqlite/reads.ts` → `server/store`; `server/contract.ts` and what is no file of ours stay as they are. */
function roomOf(file: string): string {
  return /^((?:server|toolkit|client)\/[^/]+)\//.exec(file)?.[1] ?? file;
}

test("every folder is among them; the commands stand above all", async () => {
  const rooms: string[] = [];
  for (const parent of ["server", "toolkit"]) {
    const entries = await readdir(parent, { withFileTypes: true });
    rooms.push(...entries.filter((entry) => entry.isDirectory()).map(({ name }) => `${parent}/${name}`));
  }
  const known = Object.keys(allowed).filter((room) => room !== "client/src");
  expect(rooms.filter((room) => !/\/(dist|node_modules)$/.test(room)).sort()).toEqual(
    [...known, "server/commands"].sort(),
  );
});

test.each(Object.keys(allowed))("%s imports only what stands below it", async (room) => {
  const wrong: string[] = [];
  for await (const file of glob(`${room}/**/*.ts`)) {
    for (const imported of await importsOf(file)) {
      const target = roomOf(imported);
      const isGenerated = imported.startsWith("generated/") && mayKnowTheContract.test(file);
      if (target !== room && !allowed[room]?.includes(target) && !isGenerated)
        wrong.push(`${file} → ${imported}`);
    }
  }
  expect(wrong).toEqual([]);
});

test("docs/architecture.md shows this table", async () => {
  const rows = Object.entries(allowed).map(
    ([room, others]) =>
      `| \`${room}\` | ${others.map((other) => `\`${other}\``).join(", ") || "nothing of ours"} |`,
  );
  const table = ["| Room | imports from |", "| --- | --- |", ...rows].join("\n");
  const shown = /<!-- imports -->\n([\s\S]*?)\n?<!-- \/imports -->/.exec(
    await readFile("docs/architecture.md", "utf8"),
  );
  expect(shown?.[1], `Put this between its marks:\n${table}\n`).toBe(table);
});

test("nobody imports the application but what starts it", async () => {
  const importers: string[] = [];
  // What is compiled comes and goes while another test packs it.
  const exclude = ["**/dist/**", "**/node_modules/**"];
  for await (const file of glob("{server,toolkit,client/src}/**/*.ts", { exclude }))
    if ((await importsOf(file)).includes("server/app.ts")) importers.push(file.replaceAll("\\", "/"));
  expect(importers.sort()).toEqual(["server/api-mock.ts", "server/commands/serve.ts"]);
});
