import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { download, isWeb } from "./download.ts";
import { DocumentError } from "./errors.ts";
import { isObject } from "./json.ts";
import type { SourceFile } from "./resources.ts";
import { type ParsedText, parseText, SyntaxProblem } from "./source-text.ts";

/** How the files of a document are read. */
export interface FileOptions {
  /**
   * What is read from a URL may refer and redirect to other origins. Otherwise a stranger's document could have addresses
   * read that only this machine reaches.
   * @default false
   */
  readonly crossOriginRefs?: boolean;
  /**
   * Integers in examples, defaults and enums that a number would round are `bigint`s. Elsewhere, they are rounded.
   * @default false
   */
  readonly exactIntegers?: boolean;
}

/** A file of a document, and its text where it was written as one. */
export interface ReadFile extends SourceFile {
  readonly name: string;
  readonly parsed?: ParsedText;
}

/** @throws DocumentError unreadable, or malformed (with the line) */
export async function readSource(
  url: string,
  name: string,
  { isFirst, crossOriginRefs = false, exactIntegers = false }: FileOptions & { isFirst: boolean },
): Promise<ReadFile> {
  const text = await (isWeb(url) ? download(url, crossOriginRefs) : readLocal(url, name));
  if (isProse(url)) return asFile(name, url, text);
  try {
    const parsed = await parseText(text, exactIntegers);
    return { ...asFile(isFirst ? basename(name) : name, url, parsed.value, text), parsed };
  } catch (error) {
    if (error instanceof SyntaxProblem) {
      throw new DocumentError(`${name}: ${error.message}`, error.frame);
    }
    throw error;
  }
}

/** A description in a file of its own. */
function isProse(url: string): boolean {
  return /\.(?:md|markdown|txt|html?)$/i.test(url);
}

async function readLocal(url: string, name: string): Promise<string> {
  if (!url.startsWith("file:"))
    throw new DocumentError(`${url} cannot be read: only files and http(s) URLs can.`);
  return readFile(fileURLToPath(url), "utf8").catch((error: NodeJS.ErrnoException) => {
    const reasons: Readonly<Record<string, string>> = { EACCES: "may not be read", EISDIR: "is a folder" };
    throw new DocumentError(`${name} ${reasons[error.code ?? ""] ?? "does not exist"}.`);
  });
}

/** @param text where it was parsed from one */
export function asFile(name: string, url: string, value: unknown, text?: string): ReadFile {
  const self = isObject(value) && typeof value.$self === "string" ? URL.parse(value.$self, url) : null;
  if (self !== null) self.hash = "";
  // A stranger's file may write its $id escaped, to pass for another.
  const hasIdentifiers = text === undefined || isWeb(url) || /\$(?:id|anchor|dynamicAnchor)\b/.test(text);
  return { name, base: self?.href ?? url, home: url, value, hasIdentifiers };
}
