import { stringify } from "yaml";
import { readDocument } from "../openapi/load-document.ts";
import { assets, digested } from "./assets.ts";
import { type Html, html } from "./html.ts";
import { llmsText } from "./llms.ts";
import { markdown } from "./markdown.ts";
import { type MenuGroup, methodHtml, referenceGroups } from "./menu.ts";
import { type DocsModel, readModel } from "./model.ts";
import { Names } from "./names.ts";
import { operationHtml } from "./operation-page.ts";
import type { DocsDocument, DocsOptions, Download, SampleLanguage } from "./options.ts";
import { type Page, pageHtml, type Site } from "./page.ts";
import { clientSample } from "./samples/client.ts";
import { curlSample } from "./samples/curl.ts";
import { samplesHtml } from "./samples-panel.ts";
import { operationEntry, type SearchEntry, sectionEntries } from "./search-index.ts";
import { section, sectionsOf } from "./section.ts";

/**
 * Renders the docs of an OpenAPI 3 document: a page for each operation, for each section of its description and of
 * the guide, with code samples, search and a form to try it. They need no server, load nothing from elsewhere, and
 * hold no inline code, so that they work under a Content-Security-Policy of `'self'`.
 *
 * @param document in one piece: its `$ref`s begin with `#`
 * @throws DocumentError where it is no OpenAPI 3 document
 * @returns the files' contents by name; the first page is `index.html`
 */
export function renderDocs(document: DocsDocument, options: DocsOptions = {}): Record<string, string> {
  const names = new Names();
  for (const reserved of ["index", "openapi", "llms", "server"]) names.take(reserved);
  const model = readModel(readDocument(document).root, names);
  const fills = options.fills ?? {};
  const { introduction, sections } = sectionsOf(model.description);
  const named = (all: readonly { name: string; title: string; markdown: string }[]) =>
    all.map((each) => ({ ...each, name: names.take(each.name) }));
  const guide = named((options.guide ?? []).map((page) => section(page.markdown, page.name)));
  const about = named(sections);
  const appendix = named((options.appendix ?? []).map((page) => section(page.markdown, page.name)));
  const languages = languagesOf(options);
  const downloads: Download[] = [
    { name: "openapi.json", title: "Contract (JSON)", content: JSON.stringify(document, null, 2) },
    { name: "openapi.yaml", title: "Contract (YAML)", content: stringify(document, { lineWidth: 110 }) },
    ...(options.downloads ?? []),
  ];
  const llms = llmsText(model, [...guide, ...about, ...appendix], downloads);

  const prose = [...guide, ...about, ...appendix].map(({ name, title, markdown: text }) => ({
    name,
    title,
    description: undefined,
    content: html`<h1>${title}</h1>${markdown(text, { fills, topLevel: 2 })}`,
  }));
  const operations = model.groups.flatMap(({ title: group, operations }) =>
    operations.map((operation) => ({ group, operation })),
  );
  const reference = operations.map(({ operation }) => ({
    name: operation.name,
    title: operation.title,
    description: undefined,
    content: operationHtml(model, operation, fills),
    aside: samplesHtml(model, operation, languages, fills),
  }));
  const index: Page = {
    name: "index",
    title: model.title,
    description: model.summary,
    content: overviewHtml(
      model,
      introduction,
      [...downloads, { name: "llms.txt", title: "For language models" }],
      options,
    ),
  };
  const entries: SearchEntry[] = [
    ...sectionEntries("index", model.title, String(markdown(introduction, { fills, topLevel: 2 }))),
    ...prose.flatMap(({ name, title, content }) => sectionEntries(name, title, content.text)),
    ...operations.map(({ operation, group }) => operationEntry(model, operation, group)),
  ];
  const { style, scripts, search, files } = assets(options.theme ?? "");
  const index_ = `searchEntries = ${JSON.stringify(entries).replaceAll("<", "\\u003c")};\n`;
  const searchIndex = digested("search-index.js", index_);
  const group = (title: string, pages: readonly { name: string; title: string }[]): MenuGroup[] =>
    pages.length === 0
      ? []
      : [{ title, links: pages.map((page) => ({ title: page.title, page: page.name })) }];
  const site: Site = {
    title: model.title,
    groups: [
      ...group("Guide", guide),
      ...group(options.sectionsTitle ?? "About", about),
      ...referenceGroups(model),
      ...group("More", appendix),
    ],
    icon: options.logo && `data:image/svg+xml;base64,${Buffer.from(options.logo).toString("base64")}`,
    style,
    scripts,
    searchScripts: [search, searchIndex],
    serverSettings: options.serverSettings && "server.json",
  };
  return {
    ...Object.fromEntries(
      [index, ...prose, ...reference].map((page) => [`${page.name}.html`, pageHtml(site, page).text]),
    ),
    ...files,
    ...Object.fromEntries(downloads.map(({ name, content }) => [name, content])),
    ...(options.serverSettings && { "server.json": JSON.stringify(options.serverSettings) }),
    [searchIndex]: index_,
    "llms.txt": llms,
  };
}

function languagesOf({ client, clientPaths, languages = [] }: DocsOptions): SampleLanguage[] {
  const from = client ?? "contract-first/client";
  const paths = clientPaths ?? (client === undefined ? "./openapi.d.ts" : undefined);
  const typed = { from, ...(paths !== undefined && { paths }) };
  return [
    { label: "curl", language: "sh", sample: curlSample },
    { label: "Typed client", language: "ts", sample: (request) => clientSample(request, typed) },
    ...languages,
  ];
}

function overviewHtml(
  model: DocsModel,
  introduction: string,
  downloads: readonly { name: string; title: string }[],
  { fills = {} }: DocsOptions,
): Html {
  return html`<h1>${model.title}${model.version && html` <span class="version">${model.version}</span>`}</h1>
${model.summary && html`<p class="summary">${model.summary}</p>`}
${markdown(introduction, { fills, topLevel: 2 })}
<ul class="downloads" aria-label="Downloads">${downloads.map(({ name, title }) => html`<li><a href="${name}"${name !== "llms.txt" && html` download`}>${title}</a></li>`)}</ul>
${model.groups.map(
  ({ title, description, operations }) => html`<h2>${title}</h2>
  ${description && markdown(description, { fills, topLevel: 3 })}
  <ul class="operations">${operations.map((operation) => html`<li><a href="${operation.name}.html">${operation.title}</a><span>${methodHtml(operation)} <code>${operation.path}</code></span></li>`)}</ul>`,
)}`;
}
