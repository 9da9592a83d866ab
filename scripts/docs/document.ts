import { readdirSync, readFileSync } from "node:fs";

type Operation = { operationId: string; "x-codeSamples"?: CodeSample[] };

/** An OpenAPI document, as far as the docs change it. */
export interface OpenapiDocument {
  info: { title: string; description: string; [extension: string]: unknown };
  paths: Record<string, Record<string, Operation>>;
}

/** https://redocly.com/docs/realm/content/api-docs/openapi-extensions/x-code-samples */
interface CodeSample {
  lang: string;
  label: string;
  source: string;
}

/** The tabs in which an operation's samples stand, in their order; each is a folder of `docs/samples/`. */
const languages = [
  { folder: "curl", extension: "sh", lang: "curl", label: "curl" },
  { folder: "client", extension: "ts", lang: "TypeScript", label: "Typed client" },
  { folder: "auth0", extension: "ts", lang: "TypeScript", label: "Auth0 SDK" },
] as const;

const methods = new Set(["get", "put", "post", "delete", "patch"]);

/**
 * The contract as readers get it: with the guide before its rules, and with code samples for each operation.
 *
 * @param docs The folder that holds `guide/` and `samples/`.
 * @throws Where an operation has no sample in one of the languages.
 */
export function documentForReaders(contract: OpenapiDocument, docs: URL): OpenapiDocument {
  const document = structuredClone(contract);
  document.info.description = withGuide(contract.info.description, docs);
  document.info["x-logo"] = { url: dataUrl(new URL("logo.svg", docs)), altText: contract.info.title };
  for (const path of Object.values(document.paths)) {
    for (const [method, operation] of Object.entries(path)) {
      if (methods.has(method)) operation["x-codeSamples"] = codeSamples(operation.operationId, docs);
    }
  }
  return document;
}

function codeSamples(operationId: string, docs: URL): CodeSample[] {
  return languages.map(({ folder, extension, lang, label }) => {
    const source = readFileSync(new URL(`samples/${folder}/${operationId}.${extension}`, docs), "utf8");
    return { lang, label, source: source.trimEnd() };
  });
}

/** A picture as part of a page. */
export function dataUrl(svg: URL): string {
  return `data:image/svg+xml;base64,${readFileSync(svg, "base64")}`;
}

/** The contract's introduction, then the guide's pages, then the contract's own sections. */
function withGuide(description: string, docs: URL): string {
  const rules = description.search(/^## /m);
  const pages = readdirSync(new URL("guide/", docs)).filter((file) => file.endsWith(".md"));
  const guide = pages.sort().map((file) => readFileSync(new URL(`guide/${file}`, docs), "utf8"));
  return [description.slice(0, rules), "# Guide\n", ...guide, "# Rules\n", description.slice(rules)].join(
    "\n",
  );
}
