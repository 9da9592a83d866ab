import { copyFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build as esbuild, transform } from "esbuild";
import { publint } from "publint";
import { rolldown } from "rolldown";
import { rollup } from "rollup";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { launchChromium } from "../support/chromium.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { emptyFolder, install, pack, run } from "./pack.ts";
import type { Seen } from "./sample.ts";

// A busy machine takes its time where a test installs, compiles and starts browsers.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const typescript = `typescript@${manifest.devDependencies.typescript}`;
const nodeTypes = `@types/node@${manifest.devDependencies["@types/node"]}`;

const everything: Seen = {
  created: ["phone", "email", "totp", "webauthn-roaming", "passkey"],
  repeatedIsSame: true,
  phone: "XXXXXXXXX8750",
  secret: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
  listed: ["phone", "email", "totp", "webauthn-roaming", "passkey"],
  renamed: "Laptop",
  refused: { status: 403, errorCode: "operation_not_permitted", hasRequestId: true },
  left: 1,
};

const browser = await launchChromium();
afterAll(() => browser?.close());

const oldNodes = [20, 22];
const oldCompilers = ["4.9", "5.4"];

let project: string;
/** A project that has older versions of Node.js and of TypeScript beside each other. */
let oldProject: string;
let tarball: string;
let files: string[];

beforeAll(async () => {
  [project, oldProject] = [await emptyFolder(), await emptyFolder()];
  ({ tarball, files } = await pack("client", project));
  await install(project, [tarball, typescript, nodeTypes]);
  await install(oldProject, [
    tarball,
    ...oldNodes.map((version) => `node-${version}@npm:node-${process.platform}-${process.arch}@${version}`),
    ...oldCompilers.map((version) => `typescript-${version}@npm:typescript@${version}`),
  ]);
  for (const folder of [project, oldProject]) await copyFile(here("sample.ts"), join(folder, "sample.ts"));
});

/** A token endpoint that gives out the server's own tokens, as an identity provider would. */
async function startTokenEndpoint(server: TestServer): Promise<{ tokenUrl: string; requests: () => number }> {
  let requests = 0;
  const endpoint = createServer(async (_request, response) => {
    requests++;
    const body = JSON.stringify({ access_token: await server.token(), token_type: "Bearer", expires_in: 60 });
    response.writeHead(200, { "content-type": "application/json" }).end(body);
  });
  await new Promise<void>((resolve) => endpoint.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void endpoint.close());
  return {
    tokenUrl: `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/oauth/token`,
    requests: () => requests,
  };
}

async function compile(options: Record<string, unknown>, include: string[]): Promise<void> {
  // Every declaration is checked but those that come with the compiler.
  const checked = { skipLibCheck: false, skipDefaultLibCheck: true };
  const compilerOptions = { strict: true, ...checked, target: "es2022", outDir: "out", ...options };
  await writeFile(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, include }));
  await run(project, join(project, "node_modules/.bin/tsc"), []).catch((error) => {
    throw new Error(error.stdout);
  });
}

async function bundle(input: string): Promise<string> {
  const build = await rolldown({ input, cwd: project, platform: "browser", logLevel: "silent" });
  const { output } = await build.generate({ format: "esm", minify: true });
  return output[0].code;
}

/** As esbuild's users bundle. */
async function byEsbuild(input: string): Promise<string> {
  const settings = { bundle: true, minify: true, format: "esm", platform: "browser", write: false } as const;
  const { outputFiles } = await esbuild({ ...settings, entryPoints: [join(project, input)] });
  return outputFiles[0]?.text ?? "";
}

/** As Rollup bundles, which leaves making it small to others. */
async function byRollup(): Promise<string> {
  const dependencies = {
    name: "dependencies",
    resolveId: (id: string) =>
      id === "openapi-fetch" ? join(project, "node_modules/openapi-fetch/dist/index.mjs") : null,
  };
  const installed = join(project, "node_modules/authentication-methods-client/dist/index.js");
  const bundled = await rollup({ input: installed, plugins: [dependencies], onLog: () => {} });
  const { output } = await bundled.generate({ format: "esm" });
  return (await transform(output[0].code, { minify: true, format: "esm" })).code;
}

test("holds what is imported and read, and nothing else", () => {
  expect(files.filter((file) => !/^dist\/(contract-first\/)?[a-z-]+\.(js|d\.ts)$/.test(file)).sort()).toEqual(
    ["LICENSE", "README.md", "dist/openapi.json", "package.json"],
  );
  expect(files).toContain("dist/index.js");
  expect(files).toContain("dist/openapi.d.ts");
});

test("publint and are-the-types-wrong have nothing to say", async () => {
  const { messages } = await publint({ pkgDir: join(project, "node_modules/authentication-methods-client") });
  expect(messages).toEqual([]);
  const attw = here("../../node_modules/@arethetypeswrong/cli/dist/index.js");
  await run(project, process.execPath, [attw, "--profile", "esm-only", tarball]);
});

test.for([
  { exactOptionalPropertyTypes: false, lib: ["es2022", "dom"], types: [] },
  { exactOptionalPropertyTypes: true, lib: ["es2022"], types: ["node"] },
])("compiles in strict mode for a bundler, every declaration checked, with %j", async (options) => {
  await compile({ moduleResolution: "bundler", module: "preserve", ...options }, ["sample.ts"]);
});

test("compiles for and runs on Node.js against the server, with client credentials", async () => {
  const server = await startServer();
  const { tokenUrl, requests } = await startTokenEndpoint(server);
  await compile({ moduleResolution: "nodenext", module: "nodenext", types: ["node"] }, ["sample.ts"]);
  await writeFile(
    join(project, "run.js"),
    'import { run } from "./out/sample.js";\nconsole.log(JSON.stringify(await run(JSON.parse(process.argv[2]), "ada")));',
  );
  const token = {
    tokenUrl,
    clientId: "sample",
    clientSecret: "secret",
    audience: `${server.origin}/api/v2/`,
  };

  const seen = await run(project, process.execPath, [
    "run.js",
    JSON.stringify({ baseUrl: `${server.origin}/api/v2`, token }),
  ]);

  expect(JSON.parse(seen)).toEqual(everything);
  expect(requests()).toBe(1);
});

test("is at most 5 kB with everything in it, by each of three bundlers, and needs no Node.js", async () => {
  await writeFile(join(project, "everything.js"), 'export * from "authentication-methods-client";');

  for (const code of [await bundle("everything.js"), await byEsbuild("everything.js"), await byRollup()]) {
    expect(gzipSync(code, { level: 9 }).byteLength).toBeLessThanOrEqual(5_000);
    expect(code).not.toMatch(/\bfrom\s*["'`]|require\(|node:|\bBuffer\b/);
  }
});

test.each(oldNodes)("leaves no signal alive on Node.js %i", async (version) => {
  await copyFile(here("count-signals.js"), join(oldProject, "count-signals.js"));
  const node = join(oldProject, `node_modules/node-${version}/bin/node`);

  const alive = await run(oldProject, node, ["--expose-gc", "count-signals.js", "5000"]);

  expect(await run(oldProject, node, ["--version"])).toMatch(new RegExp(`^v${version}\\.`));
  // The platform keeps those of its open connections and of the last calls.
  expect(Number(alive)).toBeLessThan(100);
});

test.each(oldCompilers)("compiles with TypeScript %s for resolvers that know no exports", async (version) => {
  const tsc = `node_modules/typescript-${version}/lib/tsc.js`;
  const options = ["--strict", "--noEmit", "--target", "es2021", "--lib", "es2022,dom,dom.iterable"];

  const args = [...options, "--module", "es2022", "--moduleResolution", "node", "--skipDefaultLibCheck"];
  const errors = await run(oldProject, process.execPath, [tsc, ...args, "sample.ts"]).catch(
    ({ stdout }) => stdout,
  );

  // openapi-fetch's own declarations want TypeScript 5.
  expect(
    errors.split("\n").filter((line: string) => /^[^ ]/.test(line) && !/^node_modules\/openapi-/.test(line)),
  ).toEqual([]);
});

test("require() takes it, too", async () => {
  const load = 'process.stdout.write(typeof require("authentication-methods-client").createClient)';
  expect(await run(project, process.execPath, ["--input-type=commonjs", "--eval", load])).toBe("function");
});

test("runs in a browser against a server that allows its origin", async (context) => {
  if (browser === undefined) return context.skip("there is no Chromium; CHROMIUM may name its path");
  const code = await bundle("sample.ts");
  const website = createServer((request, response) => {
    const isScript = request.url === "/sample.js";
    response.writeHead(200, { "content-type": isScript ? "text/javascript" : "text/html" });
    response.end(isScript ? code : "<!doctype html><title>Sample</title>");
  });
  await new Promise<void>((resolve) => website.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void website.close());
  const origin = `http://127.0.0.1:${(website.address() as AddressInfo).port}`;
  const server = await startServer({ CORS_ORIGINS: origin });
  const page = await browser.newPage();
  await page.goto(origin);

  const seen = await page.evaluate(
    `import("/sample.js").then(({ run }) => run(${JSON.stringify({ baseUrl: `${server.origin}/api/v2`, token: await server.token() })}, "ada"))`,
  );

  expect(seen).toEqual(everything);
});

test("a browser that the server's CORS does not allow is told so", async (context) => {
  if (browser === undefined) return context.skip("there is no Chromium; CHROMIUM may name its path");
  const server = await startServer();
  const page = await browser.newPage();
  await writeFile(join(project, "everything.js"), 'export * from "authentication-methods-client";');
  const code = await bundle("everything.js");

  const message = await page.evaluate(
    `import("data:text/javascript;base64,${Buffer.from(code).toString("base64")}").then(({ createClient }) =>
      createClient({ baseUrl: "${server.origin}/api/v2", token: "abc", retry: false })
        .GET("/users/{id}", { params: { path: { id: "auth0|ada" } } }).catch(String))`,
  );

  expect(message).toMatch(/^NetworkError: GET .*: no answer \(Failed to fetch\).*CORS/);
});
