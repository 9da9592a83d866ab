import { Marked, type RendererObject, type Tokens } from "marked";
import { codeBlock, type Fills } from "./code.ts";
import { escapeHtml, Html } from "./html.ts";
import { Names } from "./names.ts";
import { headingLevels } from "./section.ts";

/** What descriptions use for their layout. Anything else, and every attribute but a link's address, is shown as text. */
const layoutTag =
  /^<\/?(?:b|strong|i|em|u|code|br|p|ul|ol|li|sub|sup|small|kbd|details|summary|h[1-6]|blockquote|pre|table|thead|tbody|tr|td|th)\s*\/?>$/i;
const link = /^<a\s+href="((?:https?:|mailto:|#|\.?\/)[^"<>]*)"[^>]*>$/i;
const address = /^(?:https?:|mailto:|#|[\w./-]+(?:[?#]|$))/i;

export interface MarkdownOptions {
  readonly fills: Fills;
  /** The level of the text's highest headings on its page; without it they stay as they are. */
  readonly topLevel?: number;
  /** Gives anchors that are unique on the page. */
  readonly anchors?: Names;
}

/**
 * Markdown (CommonMark with GitHub's tables) as HTML that runs nothing: tags beyond layout are shown as text, links
 * lead nowhere but to the web, mail and the page itself.
 */
export function markdown(text: string, { fills, topLevel, anchors = new Names() }: MarkdownOptions): Html {
  const highest = Math.min(...headingLevels(text), 6);
  const shift = topLevel === undefined ? 0 : topLevel - highest;
  const renderer: RendererObject = {
    heading({ tokens, depth }) {
      const level = Math.min(Math.max(depth + shift, 2), 6);
      const id = anchors.take(plain(tokens).toLowerCase());
      const content = this.parser.parseInline(tokens);
      return `<h${level} id="${id}">${content} <a class="anchor" href="#${id}" aria-label="Link to this section">#</a></h${level}>\n`;
    },
    code: ({ text, lang }) => codeBlock(text, lang?.split(/\s/)[0], fills).text,
    html: ({ text }) => safe(text),
    link({ href, tokens }) {
      const content = this.parser.parseInline(tokens);
      return address.test(href) ? `<a href="${escapeHtml(href)}">${content}</a>` : content;
    },
    image: ({ text }) => escapeHtml(text),
  };
  const markup = new Marked({ renderer, async: false }).parse(text) as string;
  return new Html(
    markup
      .replaceAll("<table>", '<div class="table" role="group" aria-label="Table" tabindex="0"><table>')
      .replaceAll("</table>", "</table></div>"),
  );
}

/** Markdown of one line, in a cell or beside a name. */
export function inlineMarkdown(text: string): Html {
  const renderer: RendererObject = {
    html: ({ text }) => safe(text),
    image: ({ text }) => escapeHtml(text),
    link({ href, tokens }) {
      const content = this.parser.parseInline(tokens);
      return address.test(href) ? `<a href="${escapeHtml(href)}">${content}</a>` : content;
    },
  };
  return new Html(new Marked({ renderer, async: false }).parseInline(text) as string);
}

function safe(markup: string): string {
  return markup.replace(/<!--[\s\S]*?-->/g, "").replace(/<[^>]*>|[<>]/g, (tag) => {
    const href = link.exec(tag)?.[1];
    if (href !== undefined) return `<a href="${escapeHtml(href)}">`;
    return layoutTag.test(tag) || /^<\/a>$/i.test(tag) ? tag : escapeHtml(tag);
  });
}

function plain(tokens: readonly Tokens.Generic[]): string {
  return tokens
    .map((token) => (Array.isArray(token.tokens) ? plain(token.tokens) : String(token.text ?? token.raw)))
    .join("");
}
