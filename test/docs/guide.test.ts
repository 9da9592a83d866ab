import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test, vi } from "vitest";

// A busy machine takes its time where a test runs the compiler.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = `${root}docs/guide/`;

/** The TypeScript of a page of the guide, read from its top to its end, as one module; its other lines are blank. */
function moduleOf(page: string): string {
  let isCode = false;
  const lines = readFileSync(folder + page, "utf8").split("\n");
  return lines
    .map((line) => {
      if (/^```/.test(line)) {
        isCode = line === "```ts";
        return "";
      }
      return isCode ? line : "";
    })
    .join("\n");
}

/** A snippet may make a client and leave the calls to its reader. */
const declaredButNotUsed = 6133;

/** What the compiler says about modules that stand in no file, by their names. */
function diagnose(modules: ReadonlyMap<string, string>): string[] {
  const { config } = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, root);
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile } = host;
  host.fileExists = (path) => modules.has(path) || fileExists(path);
  host.readFile = (path) => modules.get(path) ?? readFile(path);
  const program = ts.createProgram([...modules.keys()], options, host);
  return ts
    .getPreEmitDiagnostics(program)
    .filter(({ code }) => code !== declaredButNotUsed)
    .map(({ file, start = 0, messageText }) => {
      const line = (file?.getLineAndCharacterOfPosition(start).line ?? 0) + 1;
      return `${file?.fileName.slice(folder.length)}:${line} ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
    });
}

test("the code of every page compiles", () => {
  const pages = readdirSync(folder).filter((page) => page.endsWith(".md"));
  expect(pages.length).toBeGreaterThan(5);
  expect(diagnose(new Map(pages.map((page) => [`${folder}${page}.ts`, moduleOf(page)])))).toEqual([]);
});

test("code that does not compile is found", () => {
  const wrong = 'import { nothing } from "authentication-methods-client";';
  expect(diagnose(new Map([[`${folder}wrong.md.ts`, wrong]]))).toEqual([
    expect.stringMatching(/^wrong\.md\.ts:1 .*has no exported member.*nothing/),
  ]);
});
