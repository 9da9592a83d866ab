import { fileURLToPath, pathToFileURL } from "node:url";
import { type Asked, Bundle } from "./bundle.ts";
import { ContractDocument, type ReadOptions } from "./document.ts";
import { assertReachable, ForbiddenAddress, isWeb } from "./download.ts";
import { DocumentError } from "./errors.ts";
import { isObject, type JsonObject } from "./json.ts";
import { asFile, type ReadFile, readSource } from "./read-file.ts";
import { isSwagger } from "./swagger.ts";

/**
 * Reads an OpenAPI 3 document in one piece. The object is left untouched.
 *
 * @throws DocumentError where it is no OpenAPI document
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
 * @throws DocumentError unreadable, malformed (with the line), or no OpenAPI document
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
  const files = new Files(written, options);
  let root = written.value;
  if (isSwagger(root)) {
    await files.fold(root);
    root = await (await import("./swagger.ts")).upgradeSwagger(root);
  }
  assertOpenApi(name, root);
  const bundle = await files.fold(root);
  const { read, unreadable, frames } = files;
  const duplicates = read.flatMap(({ name: file, parsed }) =>
    (parsed?.duplicates ?? []).map(
      ({ key, position: { line, column } }) =>
        `${file}:${line}:${column} has the key "${key}" again: remove one; the last one wins.`,
    ),
  );
  const placed = isNamed ? read : read.map((file) => ({ ...file, home: "" }));
  return new ContractDocument({ name, root, bundle, read: placed, unreadable, duplicates, frames }, options);
}

/** The files of a document, each read once. */
class Files {
  readonly read: ReadFile[];
  readonly unreadable: string[] = [];
  readonly frames = new Map<string, string>();
  readonly #options: ReadOptions;
  readonly #failed = new Set<string>();

  constructor(first: ReadFile, options: ReadOptions) {
    this.read = [first];
    this.#options = options;
  }

  /** Folds into a document whatever it refers to. @throws ForbiddenAddress */
  async fold(root: JsonObject): Promise<Bundle> {
    const bundle = new Bundle(root, { ...(this.read[0] as ReadFile), value: root });
    const run = bundle.run();
    for (let asked = run.next(); !asked.done; ) asked = run.next(await this.#file(asked.value));
    return bundle;
  }

  async #file(asked: Asked): Promise<ReadFile | undefined> {
    if (this.#failed.has(asked.url)) return undefined;
    try {
      const file = await this.#readReferred(asked);
      this.read.push(file);
      return file;
    } catch (error) {
      if (error instanceof ForbiddenAddress) throw error;
      this.#failed.add(asked.url);
      // One file that cannot be read must not take the rest of the document with it.
      const { message } = error as Error;
      this.unreadable.push(message);
      if (error instanceof DocumentError && error.frame !== undefined) this.frames.set(message, error.frame);
      return undefined;
    }
  }

  async #readReferred({ url, from }: Asked): Promise<ReadFile> {
    // Who refers is unknown only where an $id hides it: it may be any of the files.
    for (const home of from === undefined ? this.read.map((file) => file.home) : [from]) {
      if (isWeb(home)) assertReachable(url, home, this.#options.crossOriginRefs ?? false);
    }
    return readSource(url, isWeb(url) ? url : shortName(url), { ...this.#options, isFirst: false });
  }
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
