import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { emptyFolder, pack, path, run } from "../packages/pack.ts";
import { launchChromium } from "../support/chromium.ts";
import { freePort } from "../support/free-port.ts";
import { isLong } from "./support/scale.ts";
import { until } from "./support/until.ts";

/** Each installs a framework, builds a page and starts it. */
vi.setConfig({ testTimeout: 600_000, hookTimeout: 300_000 });

const browser = isLong ? await launchChromium() : undefined;

/** Runs a script of a project until the test is finished. */
function start(folder: string, args: readonly string[], env: object = {}): ChildProcess {
  const { NODE_ENV: _test, ...inherited } = process.env;
  const child = spawn("npx", args, {
    cwd: folder,
    env: { ...inherited, PATH: path, NEXT_TELEMETRY_DISABLED: "1", ...env },
    stdio: "ignore",
    // Whatever it starts ends with it.
    detached: true,
  });
  onTestFinished(async () => {
    if (child.pid === undefined || child.exitCode !== null) return;
    process.kill(-child.pid, "SIGKILL");
    await once(child, "exit");
  });
  return child;
}

async function answers(url: string): Promise<void> {
  await until(
    () =>
      fetch(url).then(
        ({ ok }) => ok,
        () => false,
      ),
    60_000,
  );
}

async function textOf(url: string): Promise<string> {
  return (await fetch(url)).text();
}

describe.runIf(isLong)("our packages in a project of their users:", () => {
  let packed: readonly string[];

  beforeAll(async () => {
    const folder = await emptyFolder();
    const folders = ["toolkit", "create-contract-first", "client", "."] as const;
    packed = [];
    for (const each of folders) packed = [...packed, (await pack(each, folder)).tarball];
  });

  async function install(folder: string, ...packages: readonly string[]): Promise<void> {
    const flags = ["--prefer-offline", "--no-audit", "--no-fund"];
    await run(folder, "npm", ["install", ...flags, ...packed, ...packages]);
  }

  async function project(example: string): Promise<string> {
    const folder = await emptyFolder();
    await cp(join("examples", example), folder, { recursive: true });
    await install(folder);
    return folder;
  }

  test.skipIf(browser === undefined)("the React example lists what there is, and adds to it", async () => {
    onTestFinished(() => browser?.close());
    const folder = await project("react");
    const [mockPort, pagePort] = [await freePort(), await freePort()];
    const mock = `http://127.0.0.1:${mockPort}`;
    start(folder, ["authentication-methods", "mock", "--no-auth", "--cors", "--port", String(mockPort)]);
    await run(folder, "npm", ["run", "build"], { VITE_API: mock });
    start(folder, ["vite", "preview", "--host", "127.0.0.1", "--port", String(pagePort)]);
    await answers(`http://127.0.0.1:${pagePort}/`);
    await answers(`${mock}/openapi.json`);
    const page = await (browser as NonNullable<typeof browser>).newPage();
    await page.goto(`http://127.0.0.1:${pagePort}/`);
    await page.getByRole("listitem").nth(4).waitFor();
    await page.getByLabel("E-mail").fill("react@example.com");
    await page.getByRole("button", { name: "Add" }).click();
    await page.getByRole("listitem").nth(5).waitFor();
    expect(await page.getByRole("listitem").allTextContents()).toHaveLength(6);
    // The form is emptied once it has been sent.
    await page.getByLabel("E-mail").fill("react@example.com");
    await page.getByRole("button", { name: "Add" }).click();
    await page.getByText("You have this address already.").waitFor();
  });

  test("the Next.js example renders what the mock in its own process says", async () => {
    const folder = await project("next");
    const origin = `http://127.0.0.1:${await freePort()}`;
    await run(folder, "npm", ["run", "build"], { NEXT_TELEMETRY_DISABLED: "1" });
    start(folder, ["next", "start", "--port", new URL(origin).port], { API: origin });
    await answers(origin);
    expect((await textOf(origin)).match(/<li>/g)).toHaveLength(5);
    const created = await fetch(`${origin}/api/v2/users/auth0%7Cgrace/authentication-methods`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ type: "email", email: "next@example.com" }),
    });
    expect(created.status).toBe(201);
  });

  test("MSW answers from the mock what a program asks of another origin", async () => {
    const folder = await emptyFolder();
    await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
    await install(folder, "msw@^3.0.5");
    await writeFile(
      join(folder, "test.js"),
      `import { createApiMock } from "authentication-methods/mock";
      import { createClient, unwrap } from "authentication-methods-client";
      import { http } from "msw";
      import { setupServer } from "msw/node";

      const mock = await createApiMock({ auth: false });
      const network = setupServer(http.all("https://api.example.com/*", ({ request }) => mock.fetch(request)));
      network.listen({ onUnhandledRequest: "error" });
      const client = createClient({ baseUrl: "https://api.example.com/api/v2" });
      const path = { id: "auth0|grace" };
      const ask = () => unwrap(client.GET("/users/{id}/authentication-methods", { params: { path } }));
      const before = await ask();
      const body = { type: "email", email: "msw@example.com" };
      await unwrap(client.POST("/users/{id}/authentication-methods", { params: { path }, body }));
      console.log(before.length, (await ask()).length);
      network.close();
      await mock.close();`,
    );
    expect(await run(folder, "node", ["test.js"])).toBe("2 3\n");
  });
});
