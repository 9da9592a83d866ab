import { type Content, type Html, html } from "./html.ts";
import { type MenuGroup, menuHtml } from "./menu.ts";

/** What all pages of a site share. */
export interface Site {
  readonly title: string;
  readonly groups: readonly MenuGroup[];
  /** A data URL. */
  readonly icon: string | undefined;
  readonly style: string;
  readonly scripts: readonly string[];
  /** The scripts that search needs, loaded when somebody searches. */
  readonly searchScripts: readonly string[];
  readonly serverSettings: string | undefined;
}

export interface Page {
  /** Without the extension. */
  readonly name: string;
  readonly title: string;
  readonly description: string | undefined;
  readonly content: Content;
  /** Beside the content, on wide screens. */
  readonly aside?: Content;
}

/** A page without inline code and without an address of another server. */
export function pageHtml(site: Site, { name, title, description, content, aside }: Page): Html {
  return html`<!DOCTYPE html>
<html lang="en"${site.serverSettings !== undefined && html` data-server-settings="${site.serverSettings}"`} data-search-scripts="${site.searchScripts.join(" ")}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${name === "index" ? site.title : `${title} · ${site.title}`}</title>
${description && html`<meta name="description" content="${description}">`}
<link rel="icon" href="${site.icon ?? "data:,"}">
<link rel="stylesheet" href="${site.style}">
${site.scripts.map((script) => html`<script src="${script}" defer></script>`)}
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<button type="button" class="menu-button" popovertarget="menu">Menu</button>
<a class="home" href="index.html">${site.icon && html`<img src="${site.icon}" alt="" width="28" height="28">`}<span>${site.title}</span></a>
<search class="search" hidden>
<input type="search" role="combobox" placeholder="Search docs..." aria-label="Search docs" aria-expanded="false" aria-controls="results" aria-autocomplete="list" autocomplete="off" spellcheck="false">
<ul id="results" class="results" role="listbox" aria-label="Search results" hidden></ul>
</search>
<button type="button" class="theme" hidden>Dark</button>
</header>
<div class="layout">
<nav id="menu" popover aria-label="Pages">${menuHtml(site.groups, name)}</nav>
<main id="content" tabindex="-1"${aside !== undefined && html` class="with-aside"`}>
<div class="text">${content}</div>
${aside !== undefined && html`<div class="aside">${aside}</div>`}
</main>
</div>
</body>
</html>
`;
}
