import { codeFrame } from "./code-frame.ts";
import { exactInteger, parseExactJson } from "./exact-integers.ts";
import { isObject } from "./json.ts";
import { pointerTokens } from "./reference.ts";

/** A line and a column of a text, both counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A text that is neither JSON nor YAML. The message is one sentence that names line and column. */
export class SyntaxProblem extends Error {
  /** The line that is meant, with a caret below. */
  readonly frame: string;

  constructor(reason: string, text: string, position: Position) {
    super(`${reason} (${position.line}:${position.column})`);
    this.frame = codeFrame(text, position);
  }
}

export interface ParsedText {
  readonly value: unknown;
  /** What positions are looked up in: the text without its byte order mark, brackets mended. */
  readonly text: string;
  /** A key that its object has twice: the last one wins. */
  readonly duplicates: readonly { readonly key: string; readonly position: Position }[];
}

/** A closing bracket at its key's own column is no YAML, and everywhere: each is pushed to the right, up to so many. */
const mostMendedBrackets = 1_000;
const deepest = 10_000;
/** Larger JSON is trusted to have no key twice: to look would cost more than to read it. */
const largestChecked = 4_000_000;

/**
 * Reads JSON, or else YAML 1.2 with merge keys. Dates stay text.
 *
 * @param isExact whether integers that a number would round are `bigint`s
 * @throws SyntaxProblem
 */
export async function parseText(text: string, isExact = false): Promise<ParsedText> {
  const bare = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const json = /^\s*[{[]/.test(bare) ? parseJson(bare, isExact) : undefined;
  if (json !== undefined) {
    const duplicates =
      bare.length > largestChecked || !mayRepeatKeys(bare, json) ? [] : await findDuplicates(bare);
    return { value: json, text: bare, duplicates };
  }
  return parseYaml(bare, isExact);
}

function parseJson(text: string, isExact: boolean): unknown {
  try {
    return isExact ? parseExactJson(text) : JSON.parse(text);
  } catch {
    // It may be YAML in flow style yet.
    return undefined;
  }
}

/** Whether the text has more members than the value that was read from it. Names within strings count too. */
function mayRepeatKeys(text: string, value: unknown): boolean {
  let written = 0;
  for (const _ of text.matchAll(/"\s*:/g)) written += 1;
  const pending = [value];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (isObject(next)) written -= Object.keys(next).length;
    for (const each of Object.values(next as object))
      if (typeof each === "object" && each !== null) pending.push(each);
  }
  return written > 0;
}

async function parseYaml(text: string, isExact: boolean): Promise<ParsedText> {
  const yaml = await import("js-yaml");
  const exactTag = yaml.defineScalarTag(yaml.intCoreTag.tagName, {
    ...yaml.intCoreTag,
    resolve: (source, ...others) => exactInteger(yaml.intCoreTag.resolve(source, ...others), source),
  });
  const schema = yaml.CORE_SCHEMA.withTags(yaml.mergeTag, ...(isExact ? [exactTag] : []));
  let mended = text;
  for (let attempt = 0; ; attempt += 1) {
    try {
      const options = { schema, maxDepth: deepest, maxTotalMergeKeys: -1 };
      try {
        return { value: yaml.load(mended, options), text: mended, duplicates: [] };
      } catch (error) {
        if (!(error instanceof yaml.YAMLException) || !/duplicat/.test(error.reason)) throw error;
        const value = yaml.load(mended, { ...options, json: true });
        return { value, text: mended, duplicates: await findDuplicates(mended) };
      }
    } catch (error) {
      if (!(error instanceof yaml.YAMLException)) throw error;
      const line = error.mark?.line ?? -1;
      if (error.reason.startsWith("expected a document")) return { value: undefined, text, duplicates: [] };
      const next = attempt < mostMendedBrackets ? indentBracket(mended, line) : undefined;
      if (next === undefined || !error.reason.includes("deficient indentation")) {
        throw new SyntaxProblem(error.reason, text, {
          line: line + 1,
          column: (error.mark?.column ?? 0) + 1,
        });
      }
      mended = next;
    }
  }
}

/** The text with a line that begins with a closing bracket further to the right; undefined where it does not. */
function indentBracket(text: string, line: number): string | undefined {
  const lines = text.split("\n");
  const found = lines[line];
  if (found === undefined || !/^\s*[}\]]/.test(found)) return undefined;
  lines[line] = " ".repeat(deepest / 50) + found;
  return lines.join("\n");
}

/** Where JSON Pointers lead in a text, or come nearest to. One pass for all of them. */
export async function positionsOf(text: string, pointers: readonly string[]): Promise<Map<string, Position>> {
  const paths = new Map(pointers.map((pointer) => [pointer, pointerTokens(pointer)]));
  const offsets = new Map<string, number | undefined>([["", undefined]]);
  for (const path of paths.values()) {
    for (let length = 1; length <= path.length; length += 1)
      offsets.set(keyOf(path.slice(0, length)), undefined);
  }
  await walk(text, (path, offset) => {
    const key = keyOf(path);
    if (offsets.has(key)) offsets.set(key, offset);
  });
  const positionAt = positions(text);
  const found = new Map<string, Position>();
  for (const [pointer, path] of paths) {
    for (let length = path.length; length >= 0 && !found.has(pointer); length -= 1) {
      const offset = offsets.get(keyOf(path.slice(0, length)));
      if (offset !== undefined) found.set(pointer, positionAt(offset));
    }
  }
  return found;
}

function keyOf(path: readonly string[]): string {
  return path.map((token) => `/${token.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

async function findDuplicates(text: string): Promise<{ key: string; position: Position }[]> {
  const positionAt = positions(text);
  const duplicates: { key: string; position: Position }[] = [];
  await walk(text, (path, offset, isRepeated) => {
    if (isRepeated) duplicates.push({ key: path.at(-1) ?? "", position: positionAt(offset) });
  });
  return duplicates;
}

/** Makes the function that tells line and column of an offset. */
function positions(text: string): (offset: number) => Position {
  const lines = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) lines.push(at + 1);
  return (offset) => {
    let [low, high] = [0, lines.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((lines[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (lines[low] ?? 0) + 1 };
  };
}

/** Calls for the text's every member and element, in their order, with its path and where it (or its key) begins. */
async function walk(
  text: string,
  visit: (path: readonly string[], offset: number, isRepeated: boolean) => void,
): Promise<void> {
  const { parseEvents, getScalarValue, EVENT_ID } = await import("js-yaml");
  const path: string[] = [];
  const open: { keys: Set<string> | undefined; index: number; key: string | undefined }[] = [];
  let parsed: ReturnType<typeof parseEvents>;
  try {
    parsed = parseEvents(text, { maxDepth: deepest });
  } catch {
    return;
  }
  for (const event of parsed) {
    if (event.type === EVENT_ID.DOCUMENT) continue;
    if (event.type === EVENT_ID.POP) {
      open.pop();
      continue;
    }
    const parent = open.at(-1);
    const offset =
      "start" in event ? event.start : "valueStart" in event ? event.valueStart : event.anchorStart;
    if (parent?.keys !== undefined && parent.key === undefined) {
      parent.key = event.type === EVENT_ID.SCALAR ? getScalarValue(text, event) : "";
      if (parent.key !== "<<")
        visit([...path.slice(0, open.length - 1), parent.key], offset, parent.keys.has(parent.key));
      parent.keys.add(parent.key);
      if (event.type === EVENT_ID.SCALAR || event.type === EVENT_ID.ALIAS) continue;
    } else if (parent !== undefined && parent.keys === undefined) {
      parent.key = String(parent.index);
      parent.index += 1;
      visit([...path.slice(0, open.length - 1), parent.key], offset, false);
    } else if (parent === undefined) visit([], offset, false);
    const name = parent?.key;
    if (parent !== undefined) parent.key = undefined;
    if (event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE) {
      if (parent !== undefined) path[open.length - 1] = name ?? "";
      open.push({ keys: event.type === EVENT_ID.MAPPING ? new Set() : undefined, index: 0, key: undefined });
    }
  }
}
