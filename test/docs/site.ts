import { execFile } from "node:child_process";
import type { AddressInfo } from "node:net";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, onTestFinished, type TestContext } from "vitest";
import { launchChromium } from "../support/chromium.ts";
import { oncePerRun } from "../support/once-per-run.ts";

/** Renders the docs into a folder. */
export async function renderDocs(folder: string): Promise<void> {
  const script = fileURLToPath(new URL("../../scripts/docs/render.ts", import.meta.url));
  await promisify(execFile)(process.execPath, [script, folder]);
}

/** The docs as they are rendered now, once for all test files: nobody writes into them. */
export async function renderedDocs(): Promise<URL> {
  return pathToFileURL(`${await oncePerRun("docs", renderDocs)}/`);
}

export const desktop = { width: 1280, height: 900 };
export const phone = { width: 390, height: 844 };

/** A page of the docs, and everything that went wrong on it. */
export interface OpenPage {
  readonly page: Page;
  readonly problems: string[];
}

/** Opens pages in one browser for the tests of a file; without a browser they are skipped. */
export function docsBrowser(): (
  context: TestContext,
  address: string,
  options?: BrowserContextOptions,
) => Promise<OpenPage> {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  return async (context, address, options = {}) => {
    if (browser === undefined) context.skip("there is no Chromium; CHROMIUM may name its path");
    const page = await (browser as Browser).newPage({ viewport: desktop, ...options });
    page.setDefaultTimeout(30_000);
    onTestFinished(() => page.close());
    const { protocol, origin } = new URL(address);
    const own = protocol === "file:" ? new URL(".", address).href : origin;
    const problems: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") problems.push(message.text());
    });
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("request", (request) => {
      const url = request.url();
      if (!url.startsWith(own) && !url.startsWith("data:")) problems.push(`requested ${url}`);
    });
    page.on("response", (response) => {
      if (response.status() >= 400) problems.push(`${response.status()} ${response.url()}`);
    });
    await page.goto(address, { waitUntil: "networkidle" });
    return { page, problems };
  };
}

export function originOf(server: { address(): AddressInfo | string | null }): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
