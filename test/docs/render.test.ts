import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { expect, test, vi } from "vitest";
import { parse } from "yaml";
import contract from "../../generated/openapi.json" with { type: "json" };
import { temporaryFolder } from "../support/temporary-folder.ts";
import { renderDocs, renderedDocs } from "./site.ts";

// A busy machine takes its time where a test renders the docs.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });

const site = await renderedDocs();
const read = (name: string) => readFileSync(new URL(name, site), "utf8");
const pages = readdirSync(site).filter((name) => name.endsWith(".html"));

const operationIds = Object.values(contract.paths).flatMap((path) =>
  Object.values(path).flatMap((operation) => ("operationId" in operation ? [operation.operationId] : [])),
);

test("there is a page for each operation, with samples for curl and the typed client", () => {
  for (const id of operationIds) {
    expect(read(`${id}.html`), id).toMatch(/data-language="curl"[\s\S]*data-language="Typed client"/);
  }
});

test("there is no sample for Auth0's SDK of an operation that is not in the contract", () => {
  const files = readdirSync(new URL("../../docs/samples/auth0/", import.meta.url));
  expect(operationIds).toEqual(expect.arrayContaining(files.map((file) => file.replace(/\.ts$/, ""))));
});

test("every error code of the contract has an entry with an address of its own", () => {
  const codes = JSON.stringify(contract).matchAll(/"errorCode":"([^"]+)"/g);
  const page = read("handle-errors.html");
  const named = new Set([...codes].map(([, code]) => code));
  expect(named.size).toBeGreaterThan(10);
  for (const code of named) expect(page, code).toContain(`id="${code}"`);
});

test.each(pages)("%s holds no inline code and names no file of another server", (page) => {
  const html = read(page);
  expect(html).not.toMatch(/<script(?![^>]* src=)[^>]*>|<style| style=|<[^>]+ on\w+="/);
  const loaded = [...html.matchAll(/<(?:script|link|img)[^>]* (?:src|href)="([^"]*)"/g)].map(
    ([, url]) => url,
  );
  expect(loaded.length).toBeGreaterThan(3);
  for (const url of loaded) expect(url).toMatch(/^(data:|[\w.-]+$)/);
});

test("every link within the site leads to a page, and every anchor to a place on it", () => {
  const broken = pages.flatMap((page) =>
    [...read(page).matchAll(/ href="([\w.-]*)(?:#([^"]*))?"/g)]
      .filter(([, file = "", anchor]) => {
        const target = file === "" ? page : file;
        if (!readdirSync(site).includes(target)) return true;
        return anchor !== undefined && anchor !== "" && !read(target).includes(`id="${anchor}"`);
      })
      .map(([link]) => `${page}: ${link}`),
  );
  expect(broken).toEqual([]);
});

test("the guide and the contract's rules are there without scripts, a page for each", () => {
  const guide = new URL("../../docs/guide/", import.meta.url);
  const rules = [...contract.info.description.matchAll(/^## (.+)$/gm)].map(([, title = ""]) => title);
  const titles = readdirSync(guide).map(
    (page) => /^#+ (.+)$/m.exec(readFileSync(new URL(page, guide), "utf8"))?.[1] ?? page,
  );
  expect(titles).toContain("Page through a list");
  const headings = pages.map((page) => /<h1>([^<]*)/.exec(read(page))?.[1]);
  expect(headings).toEqual(expect.arrayContaining([...titles, ...rules]));
});

test("the contract is beside the pages, as JSON and as YAML", () => {
  expect(JSON.parse(read("openapi.json"))).toEqual(contract);
  expect(parse(read("openapi.yaml"))).toEqual(contract);
});

test("the collection has a request for each operation, and no token", () => {
  const collection = read("postman-collection.json");
  for (const path of Object.values(contract.paths))
    for (const operation of Object.values(path))
      if ("summary" in operation) expect(collection).toContain(`"name": "${operation.summary}"`);
  expect(JSON.parse(collection).info.schema).toContain("v2.1.0");
  // A JWT; what a browser says of a WebAuthn ceremony begins as one does.
  expect(collection).not.toMatch(/eyJ[\w-]+\.eyJ/);
});

test("llms.txt names every page of the guide and every operation", () => {
  const text = read("llms.txt");
  expect(text).toMatch(/^# Authentication Methods API\n\n> /);
  for (const id of operationIds) expect(text).toContain(`(${id}.html)`);
  expect(text).toContain("(page-through-a-list.html)");
});

test("each file is beside itself compressed", () => {
  for (const name of readdirSync(site).filter((file) => !file.endsWith(".gz")))
    expect(
      gunzipSync(readFileSync(new URL(`${name}.gz`, site))).equals(readFileSync(new URL(name, site))),
    ).toBe(true);
});

test("the same input renders the same files", async () => {
  const again = await temporaryFolder();
  await renderDocs(again);
  expect(contentsOf(again)).toEqual(contentsOf(fileURLToPath(site)));
});

function contentsOf(folder: string) {
  return readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]);
}
