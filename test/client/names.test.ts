import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";
import document from "../../generated/openapi.json" with { type: "json" };

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

test("errorCode suggests the codes of the contract's errors", async () => {
  const inContract = new Set<string>();
  JSON.stringify(document, (name, value) => {
    if (name === "errorCode" && typeof value === "string") inContract.add(value);
    return value;
  });
  const source = await readFile(here("../../client/src/error-code.ts"), "utf8");

  expect([...source.matchAll(/\| "(\w+)"/g)].map(([, code]) => code)).toEqual([...inContract].sort());
});

/** What an editor shows for a name in a program that uses the client. */
function hover(program: string, name: string): string {
  const file = here("hovered.ts");
  const host: ts.LanguageServiceHost = {
    getCompilationSettings: () => ({
      strict: true,
      target: ts.ScriptTarget.ESNext,
      module: ts.ModuleKind.NodeNext,
      allowImportingTsExtensions: true,
      noEmit: true,
      types: ["node"],
      rootDirs: [here("../../client/src"), here("../../generated")],
    }),
    getScriptFileNames: () => [file],
    getScriptVersion: () => "1",
    getScriptSnapshot: (path) => {
      const text = path === file ? program : ts.sys.readFile(path);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => here("../.."),
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (path) => path === file || ts.sys.fileExists(path),
    readFile: ts.sys.readFile,
    directoryExists: ts.sys.directoryExists,
  };
  const info = ts.createLanguageService(host).getQuickInfoAtPosition(file, program.indexOf(name));
  return ts.displayPartsToString(info?.displayParts);
}

test("an editor calls results by their names in the contract", () => {
  const start = `import { createClient, unwrap } from "../../client/src/index.ts";
const client = createClient({ baseUrl: "https://identity.example.com/api/v2" });
const one = { path: { id: "a", authentication_method_id: "b" } };
const call = () => client.GET("/users/{id}/authentication-methods/{authentication_method_id}", { params: one });
`;

  expect(hover(`${start}export const shown = await unwrap(call());`, "shown")).toBe(
    "const shown: AuthenticationMethod",
  );
  expect(hover(`${start}const { data: shown } = await call(); export { shown as x };`, "shown")).toBe(
    "const shown: AuthenticationMethod | undefined",
  );
});
