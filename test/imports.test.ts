import { glob, readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

/** Which folders of server/ each may import from, itself aside. The toolkit's two know nothing of the API. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  contract: [],
  mock: ["contract"],
  store: [],
  security: ["contract"],
  http: ["contract", "security", "store"],
  config: ["http", "store"],
  users: ["contract", "http", "security", "store"],
  "authentication-methods": ["contract", "http", "security", "store", "users"],
  maintenance: ["authentication-methods", "contract", "http", "store"],
};

async function importsOf(file: string): Promise<readonly string[]> {
  const { importedFiles } = ts.preProcessFile(await readFile(file, "utf8"));
  return importedFiles
    .map(({ fileName }) => fileName)
    .filter((name) => name.startsWith("."))
    .map((name) => join(dirname(file), name));
}

function folderOf(file: string): string {
  return /^server\/([^/]+)\//.exec(file)?.[1] ?? file;
}

test("every folder of server/ is among them; the commands stand above all", async () => {
  const entries = await readdir("server", { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  expect(folders.sort()).toEqual([...Object.keys(allowed), "commands"].sort());
});

test.each(Object.keys(allowed))("server/%s imports only what stands below it", async (folder) => {
  const wrong: string[] = [];
  for await (const file of glob(`server/${folder}/**/*.ts`)) {
    for (const imported of await importsOf(file)) {
      const target = folderOf(imported);
      const isGenerated = imported.startsWith("generated/") && folder !== "contract" && folder !== "mock";
      if (target !== folder && !allowed[folder]?.includes(target) && !isGenerated)
        wrong.push(`${file} → ${imported}`);
    }
  }
  expect(wrong).toEqual([]);
});

test("the client imports nothing of the server", async () => {
  const wrong: string[] = [];
  for await (const file of glob("client/**/*.ts", {
    exclude: ["client/node_modules/**", "client/dist/**"],
  })) {
    for (const imported of await importsOf(file))
      if (imported.startsWith("server/")) wrong.push(`${file} → ${imported}`);
  }
  expect(wrong).toEqual([]);
});
