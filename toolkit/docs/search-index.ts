import { textOf } from "./html.ts";
import type { DocsModel, DocsOperation } from "./model.ts";

/** What search finds: a section of a page. */
export interface SearchEntry {
  readonly title: string;
  /** The page that the section is on, where that is another title. */
  readonly page: string;
  readonly address: string;
  readonly text: string;
}

/** One entry for each heading of a page. */
export function sectionEntries(name: string, pageTitle: string, markup: string): SearchEntry[] {
  const [before = "", ...sections] = markup.split(/(?=<h[2-6] id=")/);
  const entries = sections.map((section) => {
    const [, id = "", heading = ""] = /^<h\d id="([^"]*)">([\s\S]*?)<\/h\d>/.exec(section) ?? [];
    const title = textOf(heading.replace(/<a class="anchor"[\s\S]*$/, ""));
    const text = textOf(section.slice(section.indexOf("</h") + "</h2>".length));
    return { title, page: pageTitle, address: `${name}.html#${id}`, text };
  });
  return [{ title: pageTitle, page: "", address: `${name}.html`, text: textOf(before) }, ...entries];
}

export function operationEntry({ reader }: DocsModel, operation: DocsOperation, group: string): SearchEntry {
  const { title, name, id, method, path, value, parameters } = operation;
  const body = reader.object(reader.object(value.requestBody).content);
  const words = [
    ...[method, path, id ?? "", String(value.description ?? "")],
    ...parameters.map((parameter) => `${parameter.name} ${parameter.description ?? ""}`),
    ...reader.entries(body).flatMap(([, media]) => propertyNames(media.schema)),
    ...reader.entries(value.responses).map(([status, response]) => `${status} ${response.description ?? ""}`),
  ];
  return { title, page: group, address: `${name}.html`, text: words.join(" ").replace(/\s+/g, " ") };

  function propertyNames(schema: unknown, depth = 0): string[] {
    const { properties, oneOf, anyOf, allOf, items } = reader.object(schema);
    if (depth > 3) return [];
    const parts = [oneOf, anyOf, allOf, items === undefined ? [] : [items]].flatMap((list) =>
      Array.isArray(list) ? list : [],
    );
    return [
      ...Object.keys(reader.object(properties)),
      ...parts.flatMap((part) => propertyNames(part, depth + 1)),
    ];
  }
}
