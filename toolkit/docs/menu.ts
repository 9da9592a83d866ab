import { type Html, html } from "./html.ts";
import type { DocsModel, DocsOperation } from "./model.ts";

export interface MenuLink {
  readonly title: string;
  /** The page's name, without the extension. */
  readonly page: string;
  readonly operation?: DocsOperation;
}

export interface MenuGroup {
  readonly title: string;
  readonly links: readonly MenuLink[];
}

/** A page's menu with more links than these holds, of other groups, only a link to their first page. */
const manyLinks = 300;

export function referenceGroups({ groups }: DocsModel): MenuGroup[] {
  return groups.map(({ title, operations }) => ({
    title,
    links: operations.map((operation) => ({ title: operation.title, page: operation.name, operation })),
  }));
}

/** Disclosures of HTML: they open by click and by keyboard, with scripts and without. */
export function menuHtml(groups: readonly MenuGroup[], current: string): Html {
  const count = groups.reduce((sum, { links }) => sum + links.length, 0);
  return html`<ul class="menu">
    <li>${linkHtml({ title: "Overview", page: "index" }, current)}</li>
    ${groups.map(({ title, links }) => {
      const isOpen = links.some(({ page }) => page === current);
      if (count > manyLinks && !isOpen)
        return html`<li><a href="${links[0]?.page ?? "index"}.html">${title}</a></li>`;
      return html`<li><details${isOpen && html` open`}><summary>${title}</summary>
        <ul>${links.map((link) => html`<li>${linkHtml(link, current)}</li>`)}</ul></details></li>`;
    })}
  </ul>`;
}

function linkHtml({ title, page, operation }: MenuLink, current: string): Html {
  return html`<a href="${page}.html"${page === current && html` aria-current="page"`}><span${operation?.isDeprecated && html` class="old"`}>${title}</span>${operation && methodHtml(operation)}</a>`;
}

export function methodHtml({ method, isWebhook }: DocsOperation): Html {
  return html` <span class="method ${method.toLowerCase()}">${isWebhook ? "EVENT" : method}</span>`;
}
