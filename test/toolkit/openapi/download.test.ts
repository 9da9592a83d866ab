import { writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { loadDocument } from "../../../toolkit/openapi/load-document.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** Serves texts, and redirects where a text begins with `→`. Tells what was asked for. */
async function serve(files: Record<string, string>): Promise<{ origin: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer(({ url = "" }, response) => {
    asked.push(url);
    const text = files[url] ?? "";
    if (text.startsWith("→")) response.writeHead(302, { location: text.slice(1) });
    response.end(text);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const referring = (reference: string) => `{ openapi: 3.1.0, paths: { /a: { $ref: "${reference}" } } }`;

describe("what was read from a URL leads to its own origin alone:", () => {
  test("not to another one, unless that is allowed", async () => {
    const other = await serve({ "/a.yaml": "{ get: {} }" });
    const { origin } = await serve({ "/openapi.yaml": referring(`${other.origin}/a.yaml`) });
    await expect(loadDocument(`${origin}/openapi.yaml`)).rejects.toThrow(
      `${origin}/openapi.yaml leads to another origin, ${other.origin}/a.yaml: bundle it into one piece, or allow it with --cross-origin-refs`,
    );
    expect(other.asked).toEqual([]);
    const document = await loadDocument(`${origin}/openapi.yaml`, { crossOriginRefs: true });
    expect(document.at("#/x-referenced-files/0/get")?.value).toEqual({});
  });

  test("not by a redirect, of the document or of a file of it", async () => {
    const other = await serve({ "/a.yaml": "{ get: {} }", "/openapi.yaml": referring("a.yaml") });
    const { origin } = await serve({
      "/openapi.yaml": referring("a.yaml"),
      "/a.yaml": `→${other.origin}/a.yaml`,
      "/moved.yaml": `→${other.origin}/openapi.yaml`,
    });
    for (const path of ["/openapi.yaml", "/moved.yaml"])
      await expect(loadDocument(origin + path)).rejects.toThrow("leads to another origin");
    expect(other.asked).toEqual([]);
  });

  test("by a redirect within it, but not in a circle", async () => {
    const { origin } = await serve({
      "/old.yaml": "→/openapi.yaml",
      "/openapi.yaml": "{ openapi: 3.1.0, paths: {} }",
      "/circle.yaml": "→/circle.yaml",
    });
    expect((await loadDocument(`${origin}/old.yaml`)).version).toBe("3.1");
    await expect(loadDocument(`${origin}/circle.yaml`)).rejects.toThrow("redirects more than 5 times");
  });

  test("not to files of this machine, and not through a file that a local document refers to", async () => {
    const folder = await temporaryFolder();
    const secret = join(folder, "secret.yaml");
    await writeFile(secret, "{ get: {} }");
    const { origin, asked } = await serve({
      "/path.yaml": `{ $ref: "file://${secret}" }`,
      "/disguised.yaml": `{ "\\u0024id": "file://${folder}/openapi.yaml", $ref: "secret.yaml" }`,
      "/self.yaml": `{ $self: "file://${folder}/openapi.yaml", get: { responses: { "200": { $ref: "file://${secret}" } } } }`,
    });
    for (const path of ["/path.yaml", "/disguised.yaml", "/self.yaml"]) {
      await writeFile(join(folder, "openapi.yaml"), referring(origin + path));
      await expect(loadDocument(join(folder, "openapi.yaml")), path).rejects.toThrow(
        `${origin}${path}: a document read from a URL may not refer to files of this machine`,
      );
      expect(asked).toContain(path);
    }
  });
});
