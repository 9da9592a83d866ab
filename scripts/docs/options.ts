import { readdirSync, readFileSync } from "node:fs";
import type { DocsOptions, SampleRequest } from "contract-first/docs";
import { auth0Sample } from "./auth0-samples.ts";
import { changelogPage } from "./changelog-page.ts";
import { postmanCollection } from "./collection.ts";

/** What our docs have beyond those of any contract: the guide, Auth0's SDK, a collection, colours. */
export async function docsOptions(contract: object, root: URL): Promise<DocsOptions> {
  const docs = new URL("docs/", root);
  const read = (path: string, base = docs) => readFileSync(new URL(path, base), "utf8");
  const pages = readdirSync(new URL("guide/", docs)).filter((file) => file.endsWith(".md"));
  const firstBodies = new Map<string | undefined, unknown>();
  const auth0 = (request: SampleRequest) => {
    const { id } = request.operation;
    if (!firstBodies.has(id)) firstBodies.set(id, request.body?.value);
    return auth0Sample(new URL("samples/auth0/", docs), firstBodies.get(id), request);
  };
  return {
    client: "authentication-methods-client",
    guide: pages
      .sort()
      .map((file) => ({ name: file.replace(/^\d+-|\.md$/g, ""), markdown: read(`guide/${file}`) })),
    sectionsTitle: "Rules",
    appendix: [changelogPage(root)],
    languages: [{ label: "Auth0 SDK", language: "ts", sample: auth0 }],
    downloads: [
      {
        name: "postman-collection.json",
        title: "Postman collection",
        content: await postmanCollection(contract),
      },
    ],
    logo: read("logo.svg"),
    theme: read("theme.css", new URL("scripts/docs/", root)),
    serverSettings: { baseUrl: "../api/v2" },
    fills: {
      "http://127.0.0.1:3000/api/v2": "baseUrl",
      "http://127.0.0.1:3000": "origin",
      "https://identity.example.com/api/v2/": "audience",
      "https://identity.example.com/api/v2": "baseUrl",
      "https://identity.example.com/oauth/token": "tokenEndpoint",
      "identity.example.com": "host",
      "$(npm run -s token)": "tokenCommand",
    },
  };
}
