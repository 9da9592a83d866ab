import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type Asked, Bundle, type Dangling, FOLDED, type SourceFile } from "./bundle.ts";
import { assertReachable, download, ForbiddenAddress, isWeb } from "./download.ts";
import { DocumentError, type Problem, setupError } from "./errors.ts";
import { isObject, type JsonObject } from "./json.ts";
import { decodeFragment, type Located, valueAt } from "./reference.ts";
import { type ParsedText, positionsOf, SyntaxProblem } from "./source-text.ts";
import { isSwagger } from "./swagger.ts";

/** An OpenAPI document as an object: what a parser makes of its JSON or YAML. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly [field: string]: unknown;
}

export interface ReadOptions {
  /**
   * What cannot be served as it stands is an error (`ContractDocument.refuse`), and not only noted.
   * @default false
   */
  readonly strict?: boolean;
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

interface ReadFile extends SourceFile {
  readonly name: string;
  readonly parsed?: ParsedText;
}

/**
 * An OpenAPI document that has been read: all its references begin with `#`, the files they led to are folded in.
 * Whatever is read out of it tells here what is wrong with it.
 */
export class ContractDocument {
  /** The path or URL it was read from; `document` where it was passed as an object. */
  readonly source: string;
  readonly root: JsonObject;
  readonly version: "3.0" | "3.1" | "3.2";
  readonly isStrict: boolean;
  /** The local files it was read from, the first being the document itself. */
  readonly files: readonly string[];
  /** One sentence for each file it refers to that cannot be read or parsed. */
  readonly unreadable: readonly string[];
  /** By the sentence of an unreadable file: the place in it, where it could not be parsed. */
  readonly frames: ReadonlyMap<string, string>;
  /** One sentence for each key that an object has twice. The last one wins. */
  readonly duplicates: readonly string[];
  /** One sentence for each reference that leads nowhere. Anything goes in its place. */
  readonly dangling: readonly string[];
  readonly #problems = new Map<string, Problem>();
  readonly #targets = new Map<string, Located | undefined>();
  readonly #moved: ReadonlyMap<string, string>;
  readonly #read: readonly ReadFile[];

  constructor(
    { name, bundle, root, read, unreadable, duplicates = [], frames = new Map() }: Reading,
    { strict = false }: ReadOptions,
  ) {
    this.source = name;
    this.root = root;
    this.isStrict = strict;
    const version = /^3\.(\d+)/.exec(String(root.openapi))?.[1];
    this.version = version === "0" ? "3.0" : version === "1" ? "3.1" : "3.2";
    this.files = read.flatMap(({ home }) => (home.startsWith("file:") ? [fileURLToPath(home)] : []));
    this.unreadable = unreadable;
    this.frames = frames;
    this.duplicates = duplicates;
    this.dangling = bundle.dangling.map(
      ({ pointer, reference }) =>
        `${pointer}: $ref "${reference}" leads nowhere or in a circle; anything goes in its place.`,
    );
    this.#moved = bundle.moved;
    this.#read = read;
    for (const sentence of [...unreadable, ...duplicates]) this.report("#", sentence);
    for (const each of bundle.dangling) {
      // A file that cannot be read has been told of already.
      if (each.reason !== "outside" || unreadable.length === 0) this.report(each.pointer, explain(each));
    }
  }

  /** OpenAPI 3.0 has a schema dialect of its own (`nullable`, boolean `exclusiveMinimum`). */
  get dialect(): "3.0" | "json-schema" {
    return this.version === "3.0" ? "3.0" : "json-schema";
  }

  /** All that was found wrong so far. */
  get problems(): readonly Problem[] {
    return [...this.#problems.values()];
  }

  /** What a pointer leads to; undefined where it leads nowhere. */
  at(pointer: string): Located | undefined {
    if (this.#targets.has(pointer)) return this.#targets.get(pointer);
    const value = valueAt(this.root, pointer);
    const target = value === undefined ? undefined : { value, pointer };
    this.#targets.set(pointer, target);
    return target;
  }

  /**
   * Notes what cannot be served as it stands.
   * @param sentence names the place and says how to mend it
   * @param isUnchecked whether something that is asked for goes unchecked for it, where it is not refused
   */
  report(pointer: string, sentence: string, isUnchecked = false): void {
    if (this.#problems.has(sentence)) return;
    this.#problems.set(sentence, { pointer, message: sentence, ...(isUnchecked && { isUnchecked }) });
  }

  /** The problems with file, line and column (`openapi.yaml:12:5`), where the document came from files. */
  async locate(problems: readonly Problem[] = this.problems): Promise<Problem[]> {
    const placed = problems.map((problem) => ({ problem, ...this.#fileOf(problem.pointer) }));
    const places = new Map<Problem, string>();
    for (const [file, own] of Map.groupBy(placed, (each) => each.file)) {
      if (file?.parsed === undefined) continue;
      const pointers = new Map(own.map((each) => [each.problem, decodeFragment(each.within)]));
      const found = await positionsOf(file.parsed.text, [...pointers.values()]);
      for (const [problem, pointer] of pointers) {
        const position = found.get(pointer);
        if (position) places.set(problem, `${file.name}:${position.line}:${position.column}`);
      }
    }
    return problems.map((problem) => {
      const place = places.get(problem);
      return place === undefined ? problem : { ...problem, place };
    });
  }

  /** @throws ContractSetupError with all problems, where the reading is strict and found some */
  async refuse(): Promise<void> {
    if (this.isStrict && this.#problems.size > 0) throw setupError(await this.locate());
  }

  #fileOf(pointer: string): { file: ReadFile | undefined; within: string } {
    for (const [from, to] of this.#moved) {
      if (
        pointer.startsWith(`${from}/`) &&
        valueAt(this.root, to + pointer.slice(from.length)) !== undefined
      ) {
        return this.#fileOf(to + pointer.slice(from.length));
      }
    }
    const [, index, within] = new RegExp(`^#/${FOLDED}/(\\d+)(.*)$`).exec(pointer) ?? [];
    if (index === undefined) return { file: this.#read[0], within: pointer };
    return { file: this.#read[Number(index) + 1], within: `#${within}` };
  }
}

interface Reading {
  readonly name: string;
  readonly root: JsonObject;
  readonly bundle: Bundle;
  readonly read: readonly ReadFile[];
  readonly unreadable: readonly string[];
  readonly duplicates?: readonly string[];
  readonly frames?: ReadonlyMap<string, string>;
}

/**
 * Reads an OpenAPI 3 document in one piece. The object is left untouched.
 *
 * @throws {DocumentError} where it is no OpenAPI document
 */
export function readDocument(document: unknown, options: ReadOptions = {}): ContractDocument {
  const root: unknown = structuredClone(document);
  assertOpenApi("The document", root);
  const file = asFile("document", pathToFileURL("document").href, root);
  const bundle = new Bundle(root, file);
  const run = bundle.run();
  for (let asked = run.next(); !asked.done; asked = run.next(undefined));
  return new ContractDocument({ name: "document", root, bundle, read: [file], unreadable: [] }, options);
}

/**
 * Reads an OpenAPI 3 document and every file it refers to; one of Swagger 2.0 is read as OpenAPI 3.0.
 *
 * @param source a path, an `http(s)` URL, or the document itself (left untouched)
 * @throws {DocumentError} unreadable, malformed (with the line), or no OpenAPI document
 */
export async function loadDocument(
  source: string | URL | object,
  options: ReadOptions = {},
): Promise<ContractDocument> {
  if (source instanceof ContractDocument) return source;
  const isNamed = typeof source === "string" || source instanceof URL;
  const name = isNamed ? String(source) : "document";
  const written = isNamed
    ? await readSource(locate(name), name, { ...options, isFirst: true })
    : asFile(name, pathToFileURL("document").href, structuredClone(source));
  const first = isSwagger(written.value)
    ? { ...written, value: await (await import("./swagger.ts")).upgradeSwagger(written.value) }
    : written;
  const root = first.value;
  assertOpenApi(name, root);
  const read: ReadFile[] = [first];
  const unreadable: string[] = [];
  const frames = new Map<string, string>();
  const bundle = new Bundle(root, first);
  const run = bundle.run();
  const failed = new Set<string>();
  for (let asked = run.next(); !asked.done; ) {
    const { url } = asked.value;
    const file = failed.has(url)
      ? undefined
      : await readReferred(asked.value, read, options).catch((error: Error) => {
          if (error instanceof ForbiddenAddress) throw error;
          failed.add(url);
          // One file that cannot be read must not take the rest of the document with it.
          unreadable.push(error.message);
          if (error instanceof DocumentError && error.frame !== undefined) {
            frames.set(error.message, error.frame);
          }
          return undefined;
        });
    if (file !== undefined) read.push(file);
    asked = run.next(file);
  }
  const duplicates = read.flatMap(({ name: file, parsed }) =>
    (parsed?.duplicates ?? []).map(
      ({ key, position: { line, column } }) =>
        `${file}:${line}:${column} has the key "${key}" again: remove one; the last one wins.`,
    ),
  );
  const files = isNamed
    ? read
    : [{ ...first, home: "" }, ...read.slice(1).map((file) => ({ ...file, home: "" }))];
  return new ContractDocument({ name, root, bundle, read: files, unreadable, duplicates, frames }, options);
}

async function readReferred(
  { url, from }: Asked,
  read: readonly ReadFile[],
  options: ReadOptions,
): Promise<ReadFile> {
  // Who refers is unknown only where an $id hides it: it may be any of the files.
  for (const home of from === undefined ? read.map((file) => file.home) : [from]) {
    if (isWeb(home)) assertReachable(url, home, options.crossOriginRefs ?? false);
  }
  return readSource(url, isWeb(url) ? url : shortName(url), { ...options, isFirst: false });
}

async function readSource(
  url: string,
  name: string,
  { isFirst, crossOriginRefs = false, exactIntegers = false }: ReadOptions & { isFirst: boolean },
): Promise<ReadFile> {
  const text = await (isWeb(url) ? download(url, crossOriginRefs) : readLocal(url, name));
  const { parseText } = await import("./source-text.ts");
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

async function readLocal(url: string, name: string): Promise<string> {
  if (!url.startsWith("file:"))
    throw new DocumentError(`${url} cannot be read: only files and http(s) URLs can.`);
  return readFile(fileURLToPath(url), "utf8").catch((error: NodeJS.ErrnoException) => {
    const reasons: Readonly<Record<string, string>> = { EACCES: "may not be read", EISDIR: "is a folder" };
    throw new DocumentError(`${name} ${reasons[error.code ?? ""] ?? "does not exist"}.`);
  });
}

function asFile(name: string, url: string, value: unknown, text?: string): ReadFile {
  const self = isObject(value) && typeof value.$self === "string" ? URL.parse(value.$self, url) : null;
  if (self !== null) self.hash = "";
  // A stranger's file may write its $id escaped, to pass for another.
  const hasIdentifiers = text === undefined || isWeb(url) || /\$(?:id|anchor|dynamicAnchor)\b/.test(text);
  return { name, base: self?.href ?? url, home: url, value, hasIdentifiers };
}

function locate(source: string): string {
  return /^(?:https?|file):/i.test(source)
    ? new URL(source).href.replace(/#.*/, "")
    : pathToFileURL(source).href;
}

function shortName(url: string): string {
  return url.startsWith("file:") ? fileURLToPath(url) : url;
}

function assertOpenApi(name: string, root: unknown): asserts root is JsonObject {
  if (isObject(root) && root.swagger !== undefined) {
    throw new DocumentError(`${name} is Swagger ${root.swagger}: convert it to OpenAPI 3 first.`);
  }
  if (isObject(root) && Array.isArray(root.item) && isObject(root.info) && "_postman_id" in root.info) {
    throw new DocumentError(
      `${name} is a Postman collection: convert it to OpenAPI 3 first (npx postman-to-openapi does).`,
    );
  }
  if (!isObject(root) || !/^3\.\d/.test(String(root.openapi))) {
    throw new DocumentError(`${name} is not an OpenAPI 3 document: its "openapi" must say "3.1.x".`);
  }
}

function explain({ pointer, reference, reason }: Dangling): string {
  switch (reason) {
    case "outside":
      return `${pointer}/$ref points outside the document, at ${reference}: bundle it into one piece.`;
    case "malformed":
      return `${pointer}/$ref, ${reference}, is not a valid URI reference: correct it.`;
    case "circular":
      return `${pointer} is a $ref that only leads back to itself: give it a target.`;
    default:
      return `${pointer}/$ref points at ${reference}, which is not in the document: correct it.`;
  }
}
