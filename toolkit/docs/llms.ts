import { text } from "./document.ts";
import type { DocsModel } from "./model.ts";
import type { Download } from "./options.ts";
import type { Section } from "./section.ts";

/** The site for language models, as https://llmstxt.org lays it out: what there is, and where. */
export function llmsText(
  model: DocsModel,
  pages: readonly Section[],
  downloads: readonly Download[],
): string {
  const link = (title: string, address: string, about = "") =>
    `- [${title}](${address})${about === "" ? "" : `: ${about}`}`;
  return [
    `# ${model.title}`,
    `> ${oneLine(model.summary ?? model.description.split(/\n\s*\n/)[0] ?? "")}`,
    "The contract holds everything that the pages say of the operations; prefer it.",
    ["## Contract", "", ...downloads.map(({ name, title }) => link(title, name))].join("\n"),
    pages.length > 0 &&
      ["## Guide", "", ...pages.map(({ name, title }) => link(title, `${name}.html`))].join("\n"),
    ...model.groups.map(({ title, operations }) =>
      [
        `## ${title}`,
        "",
        ...operations.map(({ title, name, method, path, value }) =>
          link(`${method} ${path}`, `${name}.html`, oneLine(`${title}. ${text(value, "description") ?? ""}`)),
        ),
      ].join("\n"),
    ),
    ...pages.map(({ title, markdown }) => `## ${title}\n\n${markdown}`),
  ]
    .filter((part) => part !== false)
    .join("\n\n")
    .concat("\n");
}

function oneLine(words: string): string {
  return words.replace(/\s+/g, " ").trim();
}
