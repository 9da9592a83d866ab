import { slug } from "./names.ts";

/** A part of a text in Markdown that is a page of its own. */
export interface Section {
  readonly name: string;
  readonly title: string;
  /** Without the title's line. */
  readonly markdown: string;
}

/** A text's first heading is its title. */
export function section(markdown: string, name?: string): Section {
  const heading = /^#{1,6} +(.+?)(?: +#+)?$/m.exec(markdown);
  const title = (heading?.[1] ?? name ?? "").replace(/[`*]/g, "");
  const rest = heading === null ? markdown : markdown.slice(heading.index + heading[0].length);
  return { name: name ?? slug(title.toLowerCase()), title, markdown: rest.trim() };
}

/** A description as what stands before its highest headings, and a section for each of them. */
export function sectionsOf(description: string): { introduction: string; sections: Section[] } {
  const prose = withoutComments(description);
  const levels = headingLevels(description);
  if (levels.length === 0) return { introduction: description, sections: [] };
  const highest = new RegExp(`^#{${Math.min(...levels)}} `, "gm");
  const starts = [...prose.matchAll(highest)].map(({ index }) => index);
  return {
    introduction: description.slice(0, starts[0]),
    sections: starts.map((start, at) => section(description.slice(start, starts[at + 1]))),
  };
}

/** The levels of a text's headings, in their order. */
export function headingLevels(text: string): number[] {
  return [...withoutComments(text).matchAll(/^(#{1,6}) /gm)].map(([, signs = ""]) => signs.length);
}

/** In code a line that begins with `#` is a comment. */
function withoutComments(text: string): string {
  return text.replace(/^(```|~~~)[\s\S]*?^\1/gm, (code) => code.replace(/^#/gm, " "));
}
