import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";
import { renderedDocs } from "./site.ts";

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
  return [...modules.keys()]
    .flatMap((name) => ts.getPreEmitDiagnostics(program, program.getSourceFile(name)))
    .filter(({ code }) => code !== declaredButNotUsed)
    .map(({ file, start = 0, messageText }) => {
      const line = (file?.getLineAndCharacterOfPosition(start).line ?? 0) + 1;
      return `${file?.fileName.slice(folder.length)}:${line} ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
    });
}

const pages = readdirSync(folder).filter((page) => page.endsWith(".md"));
const modules = new Map(pages.map((page) => [`${folder}${page}.ts`, moduleOf(page)]));
const site = await renderedDocs();
for (const page of readdirSync(site).filter((name) => name.endsWith(".html"))) {
  const samples = readFileSync(new URL(page, site), "utf8").matchAll(
    /data-language="(Typed client|Auth0 SDK)" data-example="([^"]*)"[\s\S]*?<code>([\s\S]*?)<\/code>/g,
  );
  for (const [, language, example, code = ""] of samples)
    modules.set(`${folder}${page}.${language}.${example}.ts`, textOf(code));
}
modules.set(`${folder}wrong.ts`, 'import { nothing } from "authentication-methods-client";');
/** In one go, which takes a third of the time. */
const found = Object.groupBy(diagnose(modules), (told) => /(\.md|\.html|wrong)\b/.exec(told)?.[1] ?? "");

test("the code of every page compiles", () => {
  expect(pages.length).toBeGreaterThan(5);
  expect(found[".md"]).toBeUndefined();
});

test("the code beside every operation compiles, for each of its examples", () => {
  expect([...modules.keys()].join("\n")).toMatch(/createAuthenticationMethod.html.Typed client.totp/);
  expect(found[".html"]).toBeUndefined();
});

test("code that does not compile is found, and nothing else", () => {
  const wrong = expect.stringMatching(/^wrong\.ts:1 .*has no exported member.*nothing/);
  expect(found).toEqual({ wrong: [wrong] });
});

/** The text of HTML. */
function textOf(markup: string): string {
  const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', "#x27": "'", amp: "&" };
  return markup.replace(/<[^>]*>/g, "").replace(/&(#?\w+);/g, (all, name) => entities[name] ?? all);
}
