import { readdirSync, readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import contract from "../../generated/openapi.json" with { type: "json" };
import { renderDocs } from "./site.ts";

// A busy machine takes its time where a test renders the docs.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });

const site = renderDocs();
const html = readFileSync(new URL("index.html", site), "utf8");

const operationIds = Object.values(contract.paths).flatMap((path) =>
  Object.values(path).flatMap((operation) => ("operationId" in operation ? [operation.operationId] : [])),
);

test.each([
  ["curl", "sh"],
  ["client", "ts"],
  ["auth0", "ts"],
])("there is a %s sample for each operation and for nothing else", (folder, extension) => {
  const files = readdirSync(new URL(`../../docs/samples/${folder}/`, import.meta.url));
  expect(files.sort()).toEqual(operationIds.map((id) => `${id}.${extension}`).sort());
});

test("the page holds no inline code and names no file of another server", () => {
  expect(html).not.toMatch(/<script(?![^>]* src=)[^>]*>|<style| style=| on\w+="/);
  const loaded = [...html.matchAll(/<(?:script|link|img)[^>]* (?:src|href)="([^"]*)"/g)].map(
    ([, url]) => url,
  );
  expect(loaded.length).toBeGreaterThan(3);
  for (const url of loaded) expect(url).toMatch(/^(data:|[\w.-]+$)/);
});

test("the guide is there without scripts, each page by its title", () => {
  const guide = new URL("../../docs/guide/", import.meta.url);
  const titles = readdirSync(guide).map(
    (page) => /^#+ (.+)$/m.exec(readFileSync(new URL(page, guide), "utf8"))?.[1] ?? page,
  );
  expect(titles).toContain("Migrate from Auth0");
  for (const title of titles) expect(html.includes(`<span>${title}</span>`), title).toBe(true);
});

test("the contract is beside the page, as it is", () => {
  expect(JSON.parse(readFileSync(new URL("openapi.json", site), "utf8"))).toEqual(contract);
});

test("the same input renders the same files", () => {
  expect(contentsOf(renderDocs())).toEqual(contentsOf(site));
});

function contentsOf(folder: URL) {
  return readdirSync(folder).map((name) => [name, readFileSync(new URL(name, folder), "utf8")]);
}
