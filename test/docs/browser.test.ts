import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import type { AxeResults } from "axe-core";
import fastify from "fastify";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, type TestContext, test, vi } from "vitest";
import { registerDocs } from "../../server/http/docs.ts";
import { launchChromium } from "../support/chromium.ts";
import { renderDocs } from "./site.ts";

// A busy machine takes its time where a test draws a page of 2 MB.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });

const desktop = { width: 1280, height: 900 };
const phone = { width: 390, height: 844 };
const guide = "";
const operation = "#/authentication-methods/createauthenticationmethod";

const site = renderDocs();
const app = fastify();
let browser: Browser | undefined;

beforeAll(async () => {
  browser = await launchChromium();
  registerDocs(app, { directory: site });
  await app.listen({ host: "127.0.0.1", port: 0 });
});

afterAll(async () => {
  await browser?.close();
  await app.close();
});

/** The docs as the server serves them; `problems` grows with everything that goes wrong. */
async function openDocs(
  context: TestContext,
  at: string,
  viewport: typeof desktop,
  colorScheme: "light" | "dark" = "light",
): Promise<{ page: Page; problems: string[] }> {
  if (browser === undefined) context.skip("there is no Chromium; CHROMIUM may name its path");
  const page = await (browser as Browser).newPage({ viewport, colorScheme });
  page.setDefaultTimeout(30_000);
  onTestFinished(() => page.close());
  const origin = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  const problems: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") problems.push(message.text());
  });
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/docs`) && !url.startsWith("data:")) problems.push(`requested ${url}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400) problems.push(`${response.status()} ${response.url()}`);
  });
  await page.goto(`${origin}/docs/${at}`, { waitUntil: "networkidle" });
  return { page, problems };
}

/** Picks another language in the menu above the sample. */
async function chooseSample(page: Page, shown: string, chosen: string): Promise<void> {
  await page.getByRole("button", { name: shown, exact: true }).click();
  await page.getByRole("menuitem", { name: chosen }).click();
}

test("the page renders from this server alone and without an error", async (context) => {
  const { page, problems } = await openDocs(context, guide, desktop);

  expect(await page.title()).toBe("Authentication Methods API");
  await page.getByRole("heading", { name: "Migrate from Auth0" }).waitFor();
  expect(problems).toEqual([]);
});

test("an operation shows its fields, its errors and a sample in each language", async (context) => {
  const { page, problems } = await openDocs(context, operation, desktop);

  await page.getByText("preferred_authentication_method").first().waitFor();
  await page.getByText("507").first().waitFor();
  await page.getByText("curl --fail-with-body").waitFor();
  await chooseSample(page, "curl", "Typed client");
  await page.getByText('from "authentication-methods-client"').waitFor();
  await chooseSample(page, "Typed client", "Auth0 SDK");
  await page.getByText("new ManagementClient").waitFor();
  expect(problems).toEqual([]);
});

test("the search finds an operation without any server", async (context) => {
  const { page, problems } = await openDocs(context, guide, desktop);

  await page.getByText("Search Ctrl+K").first().click();
  await page.getByPlaceholder("Search docs...").fill("replace all");
  await page.getByText("response 403 examples").waitFor();
  await page.getByText("Puts the given methods in the place of").last().waitFor();
  expect(problems).toEqual([]);
});

test("the contract can be downloaded from the page", async (context) => {
  const { page } = await openDocs(context, guide, desktop);

  const download = page.waitForEvent("download");
  await page.locator('[href$="openapi.json"]').first().click();
  const contract = JSON.parse(readFileSync(await (await download).path(), "utf8")) as { openapi: string };
  expect(contract.openapi).toMatch(/^3\.1/);
});

test.for([guide, operation])("nothing is wider than a phone at %j", async (at, context) => {
  const { page, problems } = await openDocs(context, at, phone);

  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(phone.width);
  expect(problems).toEqual([]);
});

/** Serious in Redoc's own markup, which no theme can mend: buttons whose label leaves out the text that they show. */
const redocsOwn = ["label-content-name-mismatch"];

test.for([
  ["light", operation, desktop],
  ["light", guide, phone],
  ["dark", guide, desktop],
  ["dark", operation, phone],
] as const)("axe finds nothing serious of ours, %s, at %j", async ([colorScheme, at, viewport], context) => {
  const { page } = await openDocs(context, at, viewport, colorScheme);
  if (at === operation) await chooseSample(page, "curl", "Typed client");
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));

  const { violations } = (await page.evaluate("axe.run()")) as AxeResults;

  const serious = violations
    .filter(({ id, impact }) => (impact === "serious" || impact === "critical") && !redocsOwn.includes(id))
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  expect(serious).toEqual([]);
});
