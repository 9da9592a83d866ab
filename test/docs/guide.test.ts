import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";

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

/** What the compiler says about source text that stands in no file. */
function diagnose(file: string, text: string): string[] {
  const { config } = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, root);
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile } = host;
  host.fileExists = (path) => path === file || fileExists(path);
  host.readFile = (path) => (path === file ? text : readFile(path));
  const program = ts.createProgram([file], options, host);
  return ts
    .getPreEmitDiagnostics(program)
    .filter(({ code }) => code !== declaredButNotUsed)
    .map(({ file, start, messageText }) => {
      const line = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line + 1 : 0;
      return `line ${line}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
    });
}

/** A snippet may make a client and leave the calls to its reader. */
const declaredButNotUsed = 6133;

test.each(readdirSync(folder).filter((page) => page.endsWith(".md")))("the code of %s compiles", (page) => {
  const text = moduleOf(page);
  expect(diagnose(`${folder}${page}.ts`, text)).toEqual([]);
});

test("code that does not compile is found", () => {
  expect(
    diagnose(`${folder}wrong.md.ts`, 'import { nothing } from "authentication-methods-client";'),
  ).toEqual([expect.stringMatching(/^line 1: .*has no exported member.*nothing/)]);
});
