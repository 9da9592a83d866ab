import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test, vi } from "vitest";
import { renderDocs } from "./site.ts";

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

test("the code beside every operation compiles, for each of its examples", () => {
  const site = renderDocs();
  const modules = new Map<string, string>();
  for (const page of readdirSync(site).filter((name) => name.endsWith(".html"))) {
    const samples = readFileSync(new URL(page, site), "utf8").matchAll(
      /data-language="(Typed client|Auth0 SDK)" data-example="([^"]*)"[\s\S]*?<code>([\s\S]*?)<\/code>/g,
    );
    for (const [, language, example, code = ""] of samples)
      modules.set(`${folder}${page}.${language}.${example}.ts`, textOf(code));
  }
  expect([...modules.keys()].join("\n")).toMatch(/createAuthenticationMethod.html.Typed client.totp/);
  expect(diagnose(modules)).toEqual([]);
});

/** The text of HTML. */
function textOf(markup: string): string {
  const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', "#x27": "'", amp: "&" };
  return markup.replace(/<[^>]*>/g, "").replace(/&(#?\w+);/g, (all, name) => entities[name] ?? all);
}

test("code that does not compile is found", () => {
  const wrong = 'import { nothing } from "authentication-methods-client";';
  expect(diagnose(new Map([[`${folder}wrong.md.ts`, wrong]]))).toEqual([
    expect.stringMatching(/^wrong\.md\.ts:1 .*has no exported member.*nothing/),
  ]);
});
