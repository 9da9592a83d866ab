import type { Position } from "./source-text.ts";

/** Lines shown before the one that is meant. */
const linesBefore = 2;
/** Characters of a line shown: minified documents have but one. */
const widest = 100;

/**
 * The line of a text that a position is in, numbered, with those before it, and a caret below.
 *
 * @returns lines without a last line break
 */
export function codeFrame(text: string, { line, column }: Position): string {
  const lines = text.split(/\r?\n/);
  const from = Math.max(0, column - 1 - widest / 2);
  const shown = lines.slice(Math.max(0, line - 1 - linesBefore), line);
  const width = String(line).length;
  const numbered = shown.map((each, index) => {
    const number = line - shown.length + 1 + index;
    // A tab counts as one column, whatever a terminal makes of it.
    const cut = each.replaceAll("\t", " ").slice(from, from + widest);
    return `${number === line ? ">" : " "} ${String(number).padStart(width)} | ${cut}`.trimEnd();
  });
  return [...numbered, `  ${" ".repeat(width)} | ${" ".repeat(column - 1 - from)}^`].join("\n");
}
