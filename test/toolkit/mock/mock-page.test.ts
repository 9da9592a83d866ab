import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { createMock, type Mock } from "../../../toolkit/mock/mock.ts";
import { launchChromium } from "../../support/chromium.ts";

const folder = new URL("../../../examples/mock-page/", import.meta.url);
const types: Record<string, string> = { html: "text/html", js: "text/javascript" };

describe("the example page, in a browser, on an origin of its own", () => {
  let browser: Browser | undefined;
  let files: Server;
  let mock: Mock | undefined;
  let page: Page;

  beforeAll(async () => {
    files = createServer(async (request, response) => {
      const name = request.url?.split("?", 1)[0]?.slice(1) || "index.html";
      response.setHeader("content-type", types[name.split(".").at(-1) ?? ""] ?? "text/plain");
      response.end(await readFile(new URL(name, folder)).catch(() => ""));
    });
    await new Promise<void>((resolve) => files.listen(0, "127.0.0.1", resolve));
    browser = await launchChromium();
  });
  beforeEach(async ({ skip }) => {
    if (browser === undefined) skip("there is no Chromium; CHROMIUM may name its path");
    page = await (browser as Browser).newPage();
    onTestFinished(() => page.close());
  });
  afterAll(async () => {
    await browser?.close();
    files?.close();
    await mock?.close();
  });

  const open = async (options: Parameters<typeof createMock>[1]) => {
    await mock?.close();
    mock = await createMock(fileURLToPath(new URL("openapi.yaml", folder)), options);
    const { port } = files.address() as AddressInfo;
    await page.goto(`http://127.0.0.1:${port}/?api=${mock.url}`);
  };
  const titles = () => page.locator("li span").allTextContents();

  test("lists, adds, ticks off and removes tasks", async () => {
    await open({ stateful: true });
    await expect.poll(titles).toEqual(["Read the contract", "Start the mock"]);
    await page.fill("input", "Ship it");
    await page.click("text=Add");
    await expect.poll(titles).toEqual(["Read the contract", "Start the mock", "Ship it"]);
    await page.locator("li", { hasText: "Ship it" }).getByText("Done").click();
    await expect
      .poll(() => page.locator("li.done span").allTextContents())
      .toEqual(["Read the contract", "Ship it"]);
    await page.locator("li", { hasText: "Start the mock" }).getByText("Remove").click();
    await expect.poll(titles).toEqual(["Read the contract", "Ship it"]);
  });

  test("shows the documented refusal of an empty title", async () => {
    await open({ stateful: true });
    await page.click("text=Add");
    await expect.poll(() => page.textContent("[role=alert]")).toBe("A title has 1 to 80 characters.");
  });

  test("shows the documented failure when the mock fails", async () => {
    await open({ fail: 1 });
    await expect.poll(() => page.textContent("[role=alert]")).toBe("Try again in a moment.");
  });
});
