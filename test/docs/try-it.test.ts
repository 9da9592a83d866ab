import { expect, onTestFinished, test, vi } from "vitest";
import { createApiMock } from "../../server/api-mock.ts";
import { docsBrowser } from "./site.ts";

// A busy machine takes its time where a test opens a browser.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });

const open = docsBrowser();

test("a request is tried against the mock that shows the docs, with a token of its own", async (context) => {
  const mock = await createApiMock({ port: 0 });
  onTestFinished(() => mock.close());
  const { page, problems } = await open(context, `${mock.url}/docs/createAuthenticationMethod.html`);
  expect(await page.locator(".sample:visible code").textContent()).toContain(`${mock.url}/api/v2/users/`);

  await page.getByLabel("Example").selectOption("email");
  await page.getByText("Try it").click();
  await page.getByRole("button", { name: "Get a token" }).click();
  await expect.poll(() => page.getByLabel("Token").inputValue(), { timeout: 30_000 }).toMatch(/^eyJ/);
  await page.getByLabel("Body").fill('{"type": "email", "email": "new@example.com"}');
  await page.getByRole("button", { name: "Send" }).click();
  const answer = page.getByRole("status");
  await answer.locator(".status", { hasText: "201" }).waitFor();
  expect(await answer.textContent()).toContain('"type": "email"');
  expect(problems).toEqual([]);

  await page.getByLabel("Idempotency-Key").fill("");
  await page.getByRole("button", { name: "Send" }).click();
  await answer.locator(".status", { hasText: "409" }).waitFor();
  expect(await answer.textContent()).toContain("authentication_method_exists");
});
