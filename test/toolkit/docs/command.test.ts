import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, onTestFinished, test, vi } from "vitest";
import { docsBrowser, phone } from "../../docs/site.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { documentWith } from "./document.ts";

// A busy machine takes its time where a test starts processes and a browser.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });

const command = fileURLToPath(new URL("../../../toolkit/bin/contract-first.js", import.meta.url));
const open = docsBrowser();

function docs(...args: string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [command, "docs", ...args], (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : error.code, stdout, stderr }),
    );
  });
}

async function written(document: object = documentWith({})) {
  const folder = await temporaryFolder();
  const file = join(folder, "openapi.json");
  await writeFile(file, JSON.stringify(document));
  return { folder, file, out: join(folder, "site") };
}

test("renders pages that open from the folder, without a server, and are searched there", async (context) => {
  const { file, out } = await written();
  const { code, stdout } = await docs(file, "--out", out);
  expect(code).toBe(0);
  expect(stdout).toContain(join(out, "index.html"));

  const { page, problems } = await open(context, pathToFileURL(join(out, "change.html")).href, {
    viewport: phone,
  });
  expect(await page.locator(".sample:visible code").textContent()).toContain(
    "https://api.example.com/v1/tasks",
  );
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(phone.width);
  await page.getByLabel("Search docs").fill("to do");
  await page.getByRole("option", { name: "Tasks" }).click();
  await page.getByRole("heading", { level: 1, name: "Tasks" }).waitFor();
  expect(problems).toEqual([]);
});

test("renders again after a save, and keeps the pages while the document is broken", async () => {
  const { file, out } = await written();
  const child = spawn(process.execPath, [command, "docs", file, "--out", out, "--watch"]);
  onTestFinished(() => void child.kill());
  const told = createInterface(child.stdout)[Symbol.asyncIterator]();
  expect((await told.next()).value).toContain("2 pages");

  const complained = once(child.stderr, "data");
  await writeFile(file, "{");
  expect(String(await complained)).toContain("openapi.json");
  expect(await readdir(out)).toContain("change.html");

  await writeFile(file, JSON.stringify(documentWith({ summary: "Finish a task" })));
  expect((await told.next()).value).toContain("2 pages");
  expect(await readFile(join(out, "change.html"), "utf8")).toContain("Finish a task");

  const ended = once(child, "exit");
  child.kill("SIGINT");
  expect((await ended)[0]).toBe(0);
});

test("empties no folder that holds something else", async () => {
  const { file, folder } = await written();
  const precious = join(folder, "precious");
  await mkdir(precious);
  await writeFile(join(precious, "index.html.bak"), "");
  const { code, stderr } = await docs(file, "--out", precious);
  expect(code).toBe(2);
  expect(stderr).toMatch(/holds files that are no docs: name an empty folder\.\n$/);
  expect(await readdir(precious)).toEqual(["index.html.bak"]);
});

test.each([
  [[], /<document> is missing \(see contract-first docs --help\)/],
  [["nothing.yaml"], /nothing\.yaml does not exist\./],
  [["a.yaml", "--colour"], /Unknown option '--colour' \(see contract-first docs --help\)/],
])("refuses %j in one sentence", async (args, sentence) => {
  const { code, stderr } = await docs(...args);
  expect(code).toBe(2);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(stderr).toMatch(sentence);
});
