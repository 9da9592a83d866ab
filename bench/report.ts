import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { cpus, release, totalmem, type } from "node:os";
import { command } from "./settings.ts";

/** Cells by their column's head; numbers are written as people read them. */
export type Row = Readonly<Record<string, string | number | undefined>>;

export interface Report {
  /** Of the section in bench/README.md that it belongs to. */
  readonly name: string;
  /** How it was measured, in a sentence without its full stop. */
  readonly how: string;
  readonly rows: readonly Row[];
  /** Lines below the table. */
  readonly notes?: readonly string[];
  /** In SVG, by the name of their file in bench/charts. */
  readonly charts?: Readonly<Record<string, string>>;
  /** Packages whose versions matter, by the file that resolves them (`bench/peers/package.json`). */
  readonly versions?: Readonly<Record<string, readonly string[]>>;
}

/**
 * Prints a table in Markdown with what it takes to repeat it. With `RECORD=yes` it is put between its marks in
 * bench/README.md, too, and its charts beside that.
 */
export async function report({
  name,
  how,
  rows,
  notes = [],
  charts = {},
  versions = {},
}: Report): Promise<void> {
  const packages = Object.entries(versions).flatMap(([from, names]) =>
    names.map((each) => versionOf(from, each)),
  );
  const told = [
    `\`${command()}\`: ${how}.`,
    machine(),
    ...(packages.length > 0 ? [`${packages.join(", ")}.`] : []),
  ];
  const text = [told.join(" "), "", ...table(rows), ...notes.flatMap((note) => ["", note])].join("\n");
  process.stdout.write(`\n${text}\n`);
  if (process.env.RECORD !== "yes") return;
  const images = Object.entries(charts).map(([file, svg]) => {
    const [, title] = /<title>([^<]*)/.exec(svg) ?? [];
    return `\n\n![${title}](charts/${file}.svg)`;
  });
  const folder = new URL("charts/", import.meta.url);
  await mkdir(folder, { recursive: true });
  for (const [file, svg] of Object.entries(charts)) await writeFile(new URL(`${file}.svg`, folder), svg);
  await put(name, text + images.join(""));
}

function table(rows: readonly Row[]): string[] {
  const heads = Object.keys(rows[0] ?? {});
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(heads),
    line(heads.map((_, index) => (index === 0 ? "---" : "---:"))),
    ...rows.map((row) => line(heads.map((head) => cell(row[head])))),
  ];
}

function cell(value: string | number | undefined): string {
  if (typeof value !== "number") return value ?? "";
  return Number.isFinite(value) ? value.toLocaleString("en") : "–";
}

function machine(): string {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? "unknown";
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  const day = new Date().toISOString().slice(0, 10);
  return `Node ${process.versions.node}, ${processors.length} × ${model}, ${gigabytes} GB, ${type()} ${release()}, ${day}.`;
}

function versionOf(from: string, name: string): string {
  const paths = createRequire(new URL(`../${from}`, import.meta.url)).resolve.paths(name) ?? [];
  for (const path of paths) {
    try {
      return `${name} ${createRequire(import.meta.url)(`${path}/${name}/package.json`).version}`;
    } catch {}
  }
  return `${name} (not installed)`;
}

/** @throws Error where bench/README.md has no marks of that name */
async function put(name: string, text: string): Promise<void> {
  const readme = new URL("README.md", import.meta.url);
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [before, rest] = split(await readFile(readme, "utf8"), begin);
  const [, after] = split(rest, end);
  await writeFile(readme, `${before}${begin}\n${text}\n${end}${after}`);
}

function split(text: string, mark: string): readonly [string, string] {
  const at = text.indexOf(mark);
  if (at < 0) throw new Error(`bench/README.md lacks ${mark}: add it where the table is to be.`);
  return [text.slice(0, at), text.slice(at + mark.length)];
}
