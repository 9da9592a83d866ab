import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import { registerDocs } from "contract-first/fastify";
import fastify from "fastify";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { settingsForSamples } from "../../server/http/docs-settings.ts";
import { desktop, docsBrowser, originOf, phone, renderedDocs } from "./site.ts";

// A busy machine takes its time where a test opens a browser.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });

const overview = "";
const guide = "handle-errors.html";
const operation = "createAuthenticationMethod.html";
const issuer = "https://issuer.example.com/";
const audience = "https://audience.example.com/";

const site = await renderedDocs();
const app = fastify();
const open = docsBrowser();
let docs: string;

beforeAll(async () => {
  const settings = { baseUrl: "../api/v2", issuer, audience, hasDevelopmentIssuer: false };
  registerDocs(app, { directory: site, settings: settingsForSamples(settings) });
  await app.listen({ host: "127.0.0.1", port: 0 });
  docs = `${originOf(app.server)}/docs/`;
});

afterAll(() => app.close());

/** What the page shows as code, sample by sample. */
function shownSamples(page: Page): Promise<string[]> {
  return page.locator(".sample:visible code").allTextContents();
}

/** Waits until the page has been drawn so many times: what opens must not shut by itself. */
async function frames(page: Page, count: number): Promise<void> {
  const frame = "new Promise((drawn) => requestAnimationFrame(() => drawn()))";
  for (let drawn = 0; drawn < count; drawn++) await page.evaluate(frame);
}

async function search(page: Page, words: string): Promise<string[]> {
  await page.getByLabel("Search docs").fill(words);
  await page.getByRole("option").first().waitFor();
  return page.getByRole("option").allTextContents();
}

test.each(["/", "/docs"])("%s leads to the docs", async (path) => {
  expect((await fetch(originOf(app.server) + path)).url).toBe(docs);
});

test("every page that the menu leads to opens without an error", async (context) => {
  const { page, problems } = await open(context, docs);
  const links = await page
    .locator("nav a")
    .evaluateAll((all) => all.map((link) => link.getAttribute("href")));
  expect(links.length).toBeGreaterThan(20);
  for (const link of links) {
    await page.goto(docs + link);
    expect(await page.locator("nav [aria-current]").getAttribute("href")).toBe(link);
    expect(await page.locator("nav a[target]").count()).toBe(0);
  }
  expect(problems).toEqual([]);
});

test.for([
  ["click", desktop],
  ["Enter", desktop],
  ["click", phone],
  ["Enter", phone],
] as const)("the menu opens by %s and stays open, at %j", async ([how, viewport], context) => {
  const { page } = await open(context, docs, { viewport });
  const press = (name: ReturnType<Page["locator"]>) => (how === "click" ? name.click() : name.press("Enter"));
  if (viewport === phone) await press(page.getByRole("button", { name: "Menu" }));
  const group = page.locator("nav summary", { hasText: "Authentication methods" });
  const links = page
    .locator("nav details", { has: page.locator("summary", { hasText: "Authentication methods" }) })
    .getByRole("link");
  await group.waitFor();
  expect(await links.count()).toBe(0);

  await press(group);
  await links.nth(6).waitFor();
  await frames(page, 60);
  expect(await links.count()).toBeGreaterThanOrEqual(7);

  await press(links.first());
  await page.waitForURL(`${docs}${operation}`);
  await page.getByRole("heading", { level: 1, name: "Create an authentication method" }).waitFor();
});

test("an operation shows its fields, its errors and a sample in each language", async (context) => {
  const { page, problems } = await open(context, docs + operation);

  await page.getByText("preferred_authentication_method").first().waitFor({ state: "attached" });
  await page.getByText("507").first().waitFor();
  expect(await shownSamples(page)).toEqual([expect.stringContaining("curl --fail-with-body")]);
  await page.getByLabel("Language").selectOption("Typed client");
  expect(await shownSamples(page)).toEqual([expect.stringContaining('from "authentication-methods-client"')]);
  await page.getByLabel("Language").selectOption("Auth0 SDK");
  expect(await shownSamples(page)).toEqual([expect.stringContaining("new ManagementClient")]);
  expect(problems).toEqual([]);
});

test("an example that is chosen is in every language, in what is copied and in the form", async (context) => {
  const { page } = await open(context, docs + operation, {
    permissions: ["clipboard-read", "clipboard-write"],
  });
  await page.getByLabel("Example").selectOption("totp");
  for (const language of ["curl", "Typed client", "Auth0 SDK"]) {
    await page.getByLabel("Language").selectOption(language);
    const [code = "", ...others] = await shownSamples(page);
    expect(others).toEqual([]);
    expect(code).toContain("totp_secret");
    expect(code).not.toContain("phone");
    await page.locator(".sample:visible .copy").click();
    await page.locator(".sample:visible .copy", { hasText: "Copied" }).waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(code);
  }
  await page.getByText("Try it").click();
  expect(JSON.parse(await page.getByLabel("Body").inputValue())).toHaveProperty("totp_secret");
});

test("the language that was chosen is the next page's, too", async (context) => {
  const { page } = await open(context, docs + operation);
  await page.getByLabel("Language").selectOption("Typed client");
  await page.goto(`${docs}getUser.html`);
  expect(await shownSamples(page)).toEqual([expect.stringContaining("client.GET")]);
});

test("code of the guide can be copied", async (context) => {
  const { page } = await open(context, `${docs}get-started.html`, { permissions: ["clipboard-read"] });
  await page.locator(".code", { hasText: "npm ci" }).getByRole("button", { name: "Copy" }).click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  expect(await page.evaluate("navigator.clipboard.readText()")).toBe("npm ci\nnpm start");
});

test("samples have this server's address, issuer and audience", async (context) => {
  const { page } = await open(context, docs + operation);
  expect(await shownSamples(page)).toEqual([
    expect.stringContaining(`${originOf(app.server)}/api/v2/users/`),
  ]);

  await page.goto(`${docs}get-started.html`, { waitUntil: "networkidle" });
  const started = (await page.locator("pre").allTextContents()).join("\n");
  expect(started).toContain(`${originOf(app.server)}/api/v2/users`);
  expect(started).toContain(`curl -s ${issuer}oauth/token`);
  expect(started).toContain(`audience=${audience}`);
  expect(started).not.toMatch(/:3000|npm run -s token/);

  await page.goto(`${docs}authenticate.html`, { waitUntil: "networkidle" });
  const authenticate = (await page.locator("pre").allTextContents()).join("\n");
  expect(authenticate).toContain(`tokenUrl: "${issuer}oauth/token"`);
  expect(authenticate).toContain(`audience: "${audience}"`);
});

test.for([
  ["pagination", "page-through-a-list.html"],
  ["conflict", "handle-errors.html#"],
  ["too_many_entities", "handle-errors.html#too_many_entities"],
  ["replace all", "replaceAuthenticationMethods.html"],
  ["rate limits", "rate-limits.html"],
  ["totp_secret", "createAuthenticationMethod.html"],
] as const)("the search for %j leads to %s", async ([words, address], context) => {
  const { page, problems } = await open(context, docs);
  await search(page, words);
  const found = await page.getByRole("option").evaluateAll((all) => all.map((each) => each.dataset.address));
  expect(found.join("\n")).toContain(address);
  if (address.endsWith(words)) {
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForURL(docs + address);
    expect(await page.locator(":target").isVisible()).toBe(true);
  }
  expect(problems).toEqual([]);
});

test("the keyboard reaches the content, the menu's button and the search, in this order", async (context) => {
  const { page } = await open(context, docs, { viewport: phone });
  const focused = () =>
    page.evaluate(
      "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent.trim()",
    );
  const order: unknown[] = [];
  for (let press = 0; press < 4; press++) {
    await page.keyboard.press("Tab");
    order.push(await focused());
  }
  expect(order).toEqual(["Skip to the content", "Menu", "Authentication Methods API", "Search docs"]);
  await page.goto(docs);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  expect(await page.evaluate("document.activeElement.id")).toBe("content");
});

test("the contract can be downloaded from the page", async (context) => {
  const { page } = await open(context, docs);
  for (const [title, content] of [
    ["Contract (JSON)", '"openapi": "3.1'],
    ["Contract (YAML)", "openapi: 3.1"],
    ["Postman collection", "schema.getpostman.com"],
  ] as const) {
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: title }).click();
    expect(readFileSync(await (await download).path(), "utf8")).toContain(content);
  }
});

test.for([overview, guide, operation])(
  "nothing is wider than a phone at %j, and no code is cut off",
  async (at, context) => {
    const { page, problems } = await open(context, docs + at, { viewport: phone });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(phone.width);
    const cut =
      "[...document.querySelectorAll('pre')].filter((pre) => pre.scrollWidth > pre.clientWidth).length";
    expect(await page.evaluate(cut)).toBe(0);
    expect(problems).toEqual([]);
  },
);

test.for([
  ["light", overview, desktop],
  ["dark", guide, phone],
  ["light", operation, phone],
  ["dark", operation, desktop],
] as const)("axe finds nothing, %s, at %j, %j", async ([colorScheme, at, viewport], context) => {
  const { page } = await open(context, docs + at, { colorScheme, viewport });
  await page.evaluate("document.querySelectorAll('details').forEach((details) => (details.open = true))");
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
  const { violations } = (await page.evaluate("axe.run()")) as AxeResults;
  expect(violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))).toEqual([]);
});
