import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { registerDocs } from "contract-first/fastify";
import fastify from "fastify";
import { expect, onTestFinished, test } from "vitest";

const settings = { baseUrl: "../api/v2" };

/** A server with docs, in a folder beside a file that is none of theirs. */
async function serveDocs(files: Readonly<Record<string, string>>) {
  const folder = await mkdtemp(join(tmpdir(), "docs-"));
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(folder, name), content);
    await writeFile(join(folder, `${name}.gz`), gzipSync(content));
  }
  const app = fastify();
  registerDocs(app, { directory: pathToFileURL(`${folder}/`), settings: settings });
  onTestFinished(async () => {
    await app.close();
    await rm(folder, { recursive: true });
  });
  return app;
}

test.each(["/", "/docs"])("leads from %s to the page", async (url) => {
  const app = await serveDocs({ "index.html": "<!doctype html>" });
  const redirect = await app.inject(url);
  expect(redirect.statusCode).toBe(302);
  expect(redirect.headers.location).toBe("docs/");

  const page = await app.inject("/docs/");
  expect(page.statusCode).toBe(200);
  expect(page.body).toBe("<!doctype html>");
  expect(page.headers).toMatchObject({
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-cache",
  });
});

test("allows no inline script, no inline style and no other server", async () => {
  const app = await serveDocs({ "index.html": "" });
  const policy = String((await app.inject("/docs/")).headers["content-security-policy"]);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toMatch(/unsafe|http|\*/);
});

test("lets files whose name holds a digest be kept for ever", async () => {
  const app = await serveDocs({ "redoc.0123456789abcdef.js": "1", "openapi.json": "{}" });
  const script = await app.inject("/docs/redoc.0123456789abcdef.js");
  expect(script.headers).toMatchObject({
    "content-type": "text/javascript; charset=utf-8",
    "cache-control": "public, max-age=31536000, immutable",
  });
  expect((await app.inject("/docs/openapi.json")).headers["cache-control"]).toBe("no-cache");
});

test("tells the pages the server's own settings, whatever was rendered", async () => {
  const app = await serveDocs({ "server.json": '{"baseUrl":"https://elsewhere.example.com"}' });
  const answer = await app.inject("/docs/server.json");
  expect(answer.headers["cache-control"]).toBe("no-cache");
  expect(answer.json()).toEqual(settings);
});

test.each([
  ["openapi.yaml", "application/yaml; charset=utf-8"],
  ["llms.txt", "text/plain; charset=utf-8"],
])("serves %s by its media type", async (file, mediaType) => {
  const app = await serveDocs({ [file]: "text" });
  expect((await app.inject(`/docs/${file}`)).headers["content-type"]).toBe(mediaType);
});

test("compresses for those who take it", async () => {
  const app = await serveDocs({ "redoc.0123456789abcdef.js": "1;".repeat(5_000) });
  const url = "/docs/redoc.0123456789abcdef.js";
  const packed = await app.inject({ url, headers: { "accept-encoding": "gzip, br" } });
  expect(packed.headers).toMatchObject({ "content-encoding": "gzip", vary: "accept-encoding" });
  expect(gunzipSync(packed.rawPayload).toString()).toBe("1;".repeat(5_000));
  for (const headers of [{}, { "accept-encoding": "gzip;q=0, br" }]) {
    const plain = await app.inject({ url, headers });
    expect(plain.headers["content-encoding"]).toBeUndefined();
    expect(plain.body).toBe("1;".repeat(5_000));
  }
});

test("answers HEAD without the body", async () => {
  const app = await serveDocs({ "index.html": "<!doctype html>" });
  const head = await app.inject({ method: "HEAD", url: "/docs/" });
  expect(head.statusCode).toBe(200);
  expect(head.body).toBe("");
});

test.each([
  "/docs/nothing.js",
  "/docs/..%2Fdocs.test.ts",
  "/docs/..%2F..%2Fetc%2Fpasswd",
  "/docs/%2Fetc%2Fpasswd.json",
  "/docs/..%5Cx.json",
  "/docs/%00.json",
  "/docs/notes.md",
  "/docs/index.html.gz",
  "/docs/.json",
])("%s is not found", async (url) => {
  const app = await serveDocs({ "index.html": "", "notes.md": "none of the docs" });
  expect((await app.inject(url)).statusCode).toBe(404);
});

test("says how to render docs that are not there", async () => {
  const app = await serveDocs({});
  const { statusCode, body } = await app.inject("/docs/");
  expect(statusCode).toBe(404);
  expect(JSON.parse(body).message).toBe("The docs have not been rendered: `npm run docs` does it.");
});
