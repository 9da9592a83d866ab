import { createRequire } from "node:module";
import { escapeHtml, Html, html } from "./html.ts";

/** As far as it is used: its own types would bring the browser's globals into everybody's programs. */
interface Highlighter {
  registerLanguage(name: string, language: unknown): void;
  getLanguage(name: string): object | undefined;
  highlight(code: string, options: { language: string }): { value: string };
}

const require = createRequire(import.meta.url);
const highlighter = require("highlight.js/lib/core") as Highlighter;
const languages = { sh: "bash", json: "json", ts: "typescript", xml: "xml", yaml: "yaml" };
for (const [name, module] of Object.entries(languages))
  highlighter.registerLanguage(name, require(`highlight.js/lib/languages/${module}`));

const aliases: Readonly<Record<string, string>> = {
  js: "ts",
  javascript: "ts",
  typescript: "ts",
  bash: "sh",
  shell: "sh",
  yml: "yaml",
};

/** What the page puts in the place of a text in code, by that text: the name of one of the server's settings. */
export type Fills = Readonly<Record<string, string>>;

/** A block of code with a button that copies it. */
export function codeBlock(code: string, language: string | undefined, fills: Fills): Html {
  const text = code.replace(/\n+$/, "");
  return html`<div class="code"><pre><code>${filled(coloured(text, language), fills)}</code></pre><button type="button" class="copy" hidden>Copy</button></div>`;
}

function coloured(code: string, language = ""): string {
  const name = aliases[language] ?? language;
  return highlighter.getLanguage(name)
    ? highlighter.highlight(code, { language: name }).value
    : escapeHtml(code);
}

function filled(markup: string, fills: Fills): Html {
  const texts = Object.keys(fills).sort((one, other) => other.length - one.length);
  if (texts.length === 0) return new Html(markup);
  const pattern = new RegExp(
    texts.map((text) => escapeHtml(text).replace(/[^\w\s]/g, "\\$&")).join("|"),
    "g",
  );
  const names = new Map(Object.entries(fills).map(([text, name]) => [escapeHtml(text), name]));
  return new Html(
    markup.replace(
      pattern,
      (text) => `<span data-fill="${escapeHtml(names.get(text) ?? "")}">${text}</span>`,
    ),
  );
}
