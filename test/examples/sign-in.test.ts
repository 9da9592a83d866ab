import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { codeNow } from "../server/verification/api/ceremonies.ts";
import { launchChromium } from "../support/chromium.ts";
import { freePort } from "../support/free-port.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const browser = await launchChromium();

test.skipIf(browser === undefined)(
  "the page enrols and signs in with a passkey, an authenticator app and a mailed code",
  async () => {
    const folder = await temporaryFolder();
    const [apiPort, pagePort] = [await freePort(), await freePort()];
    const example = spawn(process.execPath, ["examples/sign-in/start.js"], {
      env: {
        ...process.env,
        API_PORT: String(apiPort),
        PAGE_PORT: String(pagePort),
        DATABASE_URL: `sqlite:${join(folder, "test.sqlite")}`,
      },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    example.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    try {
      await expect.poll(() => output, { timeout: 60_000 }).toContain(`Open http://localhost:${pagePort}`);
      const page = await (await browser?.newContext())?.newPage();
      if (page === undefined) throw new Error("there is no browser");
      await addAuthenticator(page);
      await page.goto(`http://localhost:${pagePort}/`);
      await act(page, "Register", "Registered auth0|ada.");

      await act(page, "Enrol a passkey", "Enrolled passkey.");
      await act(page, "Enrol an app", "Confirm with the code that the app shows.");
      const secret = (await page.textContent("#secret code")) ?? "";
      await page.fill("[name=code]", codeNow(secret));
      await act(page, "Confirm with the code", "Enrolled totp.");
      await act(page, "Enrol my mail", "Confirm with the code in your mail.");
      await page.fill("[name=code]", await mailedCode(() => output, 1));
      await act(page, "Confirm with the code", "Enrolled email.");

      await act(page, "Sign out", "Nobody is signed in.");
      await act(page, "With a passkey", "Signed in as auth0|ada.");
      await act(page, "Sign out", "Nobody is signed in.");
      await page.fill("[name=code]", codeNow(secret, 1));
      await act(page, "With the app's code", "Signed in as auth0|ada.");
      await act(page, "Sign out", "Nobody is signed in.");
      await act(page, "Mail me a code", "A code is in your mail.");
      await page.fill("[name=code]", await mailedCode(() => output, 2));
      await act(page, "With the mailed code", "Signed in as auth0|ada.");
      await act(page, "With the mailed code", "The auth_session has expired or was used: start again.");
    } finally {
      await stop(example);
    }
  },
  120_000,
);

/** A passkey provider of Chromium's own, through WebDriver's virtual authenticators (W3C WebAuthn, section 11). */
async function addAuthenticator(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
    },
  });
}

async function act(page: Page, button: string, expected: string): Promise<void> {
  await page.getByRole("button", { name: button, exact: true }).click();
  await expect.poll(() => page.textContent("#status"), { timeout: 20_000 }).toBe(expected);
}

/** The last of the codes that the receiver has printed. */
async function mailedCode(output: () => string, count: number): Promise<string> {
  const codes = () => [...output().matchAll(/code for ada@example\.com is (\d{6})/g)].map(([, code]) => code);
  await expect.poll(() => codes().length).toBe(count);
  return codes().at(-1) ?? "";
}

async function stop(example: ChildProcess): Promise<void> {
  example.kill();
  if (example.exitCode === null) await once(example, "exit");
}

afterAll(() => browser?.close());
