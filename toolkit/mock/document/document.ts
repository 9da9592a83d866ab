import { access } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { $RefParser, JSONParserErrorGroup } from "@apidevtools/json-schema-ref-parser";
import { isJsonObject, type JsonObject, objectAt } from "../../openapi/json.ts";
import { follow, pointerToken } from "./reference.ts";

/** An OpenAPI document with every file it refers to folded in: all its references begin with `#`. */
export interface ContractDocument {
  /** The path or URL it was read from; `document` where it was passed as an object. */
  readonly source: string;
  readonly root: JsonObject;
  /** OpenAPI 3.0 has a schema dialect of its own (`nullable`, boolean `exclusiveMinimum`). */
  readonly dialect: "3.0" | "json-schema";
  /** The local files it was read from, the first being the document itself. */
  readonly files: readonly string[];
  /** One sentence for each file it refers to that cannot be read or parsed. */
  readonly unreadable: readonly string[];
  /** One sentence for each reference that leads nowhere. What they stand for is mocked as "anything". */
  readonly dangling: readonly string[];
}

/** A document that cannot be mocked at all. The message is one sentence that says what to mend. */
export class DocumentError extends Error {
  override readonly name = "DocumentError";
}

/** Where the files that a document refers to are folded in. */
const FOLDED = "x-referenced-files";

/**
 * Reads an OpenAPI 3 document and every file it refers to.
 *
 * @param source a path, an `http(s)` URL, or the document itself (left untouched)
 * @throws {DocumentError} unreadable, malformed (with the line), Swagger 2, or no OpenAPI document
 */
export async function loadDocument(source: string | JsonObject): Promise<ContractDocument> {
  const name = typeof source === "string" ? source : "document";
  const parser = new $RefParser();
  if (typeof source === "string" && !isUrl(source)) await assertReadable(source);
  try {
    // One file that cannot be read must not take the rest of the document with it.
    const options = { continueOnError: true, resolve: { http: { safeUrlResolver: false, timeout: 15_000 } } };
    await parser.resolve(typeof source === "string" ? source : structuredClone(source), options);
  } catch (error) {
    const [first] = error instanceof JSONParserErrorGroup ? error.errors : [error];
    throw new DocumentError(`${name}: ${sentence(first)}`);
  }
  const root = parser.schema as unknown;
  assertOpenApi(name, root);
  const paths = parser.$refs.paths();
  if (typeof source === "string" && isUrl(source) && paths.some((path) => !isUrl(path))) {
    throw new DocumentError(`${name}: a document read from a URL may not refer to files of this machine.`);
  }
  const values = parser.$refs.values() as Record<string, unknown>;
  fold(root, paths, values);
  return {
    source: name,
    root,
    dialect: String(root.openapi).startsWith("3.0") ? "3.0" : "json-schema",
    files: typeof source === "string" ? paths.filter((path) => !isUrl(path)) : [],
    unreadable: Object.values(values)
      .filter((value) => value instanceof Error)
      .map(sentence),
    dangling: danglingReferences(root),
  };
}

function isUrl(source: string): boolean {
  return /^https?:\/\//i.test(source);
}

async function assertReadable(path: string): Promise<void> {
  await access(path).catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === "EACCES" ? "may not be read" : "does not exist";
    throw new DocumentError(`${path} ${reason}.`);
  });
}

function assertOpenApi(name: string, root: unknown): asserts root is JsonObject {
  if (!isJsonObject(root))
    throw new DocumentError(`${name} is not an OpenAPI document: it is not an object.`);
  if (root.swagger !== undefined) {
    throw new DocumentError(
      `${name} is Swagger ${root.swagger}: convert it to OpenAPI 3 first (npx swagger2openapi does).`,
    );
  }
  if (!/^3(\.\d+)*/.test(String(root.openapi))) {
    throw new DocumentError(`${name} is not an OpenAPI 3 document: "openapi: 3.x" is missing at its top.`);
  }
  if (!isJsonObject(root.paths) && !isJsonObject(root.webhooks) && !isJsonObject(root.components)) {
    throw new DocumentError(`${name} describes no paths: there is nothing to mock.`);
  }
}

/** The first line of a parser's message, which names the file, the line and the column. */
function sentence(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return (message.split("\n", 1)[0] ?? message).replace(/^Error parsing [^:]+(?:\/|\\)/, "");
}

/** Moves the values of the other files below one member of the root, and points every reference there. */
function fold(root: JsonObject, paths: readonly string[], values: Record<string, unknown>): void {
  const [own, ...others] = paths;
  if (own === undefined || others.length === 0) return;
  const home = new Map(others.map((path, index) => [locate(path), `#/${FOLDED}/${index}`]));
  home.set(locate(own), "#");
  const read = others.map((path) => (values[path] instanceof Error ? undefined : values[path]));
  for (const path of paths) {
    const base = locate(path);
    for (const { node } of objects(path === own ? root : values[path])) {
      if (typeof node.$ref === "string") node.$ref = relocate(node.$ref, base, home);
      const mapping = objectAt(objectAt(node, "discriminator"), "mapping");
      for (const [tag, target] of Object.entries(mapping)) {
        // A bare word is a schema's name; anything else is a reference.
        if (/[#/.]/.test(String(target))) mapping[tag] = relocate(String(target), base, home);
      }
    }
  }
  root[FOLDED] = Object.fromEntries(read.entries());
}

function relocate(reference: string, base: string, home: ReadonlyMap<string, string>): string {
  if (!URL.canParse(reference, base)) return reference;
  const { hash, href } = new URL(reference, base);
  const target = home.get(href.slice(0, href.length - hash.length));
  return target === undefined ? reference : target + hash.slice(1);
}

/** A file's path or URL as a URL without fragment. */
function locate(path: string): string {
  if (isUrl(path) || path.startsWith("file:")) return new URL(path).href.split("#", 1)[0] as string;
  return pathToFileURL(path).href;
}

/** Every object in a value, with its JSON Pointer. Iterative: a document may nest deeper than the call stack. */
function* objects(value: unknown): Generator<{ readonly node: JsonObject; readonly pointer: string }> {
  const pending: { value: unknown; pointer: string }[] = [{ value, pointer: "#" }];
  const seen = new Set<unknown>();
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { value: current, pointer } = next;
    if (typeof current !== "object" || current === null || seen.has(current)) continue;
    seen.add(current);
    if (isJsonObject(current)) yield { node: current, pointer };
    for (const [name, child] of Object.entries(current)) {
      if (typeof child === "object")
        pending.push({ value: child, pointer: `${pointer}/${pointerToken(name)}` });
    }
  }
}

/** Places that hold values, in which a "$ref" is a name like any other. */
const LITERAL = /\/(example|examples|default|enum|const)\//;

function danglingReferences(root: JsonObject): string[] {
  const problems: string[] = [];
  for (const { node, pointer } of objects(root)) {
    if (typeof node.$ref !== "string" || LITERAL.test(pointer)) continue;
    if (follow(root, node).value === undefined) {
      problems.push(
        `${pointer}: $ref "${node.$ref}" leads nowhere or in a circle; it is mocked as anything.`,
      );
    }
  }
  return problems;
}
