import { existsSync } from "node:fs";
import { glob, readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const papers = await Array.fromAsync(glob("{*.md,docs/*.md,{toolkit,client,bench,deploy,examples}/**/*.md}"));
const own = papers.filter((paper) => !/node_modules|dist/.test(paper));

test("README's map names every folder", async () => {
  const readme = await readFile("README.md", "utf8");
  const entries = await readdir(".", { withFileTypes: true });
  const folders = entries.filter(
    (entry) => entry.isDirectory() && !/^\.|^(node_modules|dist|data|coverage)$/.test(entry.name),
  );
  for (const { name } of folders) expect(readme, name).toContain(`| \`${name}/\``);
});

test.each(own)("every link of %s within the repository leads somewhere", async (paper) => {
  const text = await readFile(paper, "utf8");
  const links = [...text.matchAll(/\]\((?!\w+:|#)([^)\s#]+)(#[^)]*)?\)/g)].map(([, path = ""]) => path);
  expect(links.filter((path) => !existsSync(join(dirname(paper), path)))).toEqual([]);
});

test("every package says what it is about", async () => {
  for (const folder of [".", "toolkit", "client"]) {
    const manifest = JSON.parse(await readFile(`${folder}/package.json`, "utf8")) as { keywords?: string[] };
    expect(manifest.keywords?.length, folder).toBeGreaterThan(3);
  }
});
