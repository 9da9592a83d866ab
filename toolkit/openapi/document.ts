import { fileURLToPath } from "node:url";
import { type Bundle, foldedFiles } from "./bundle.ts";
import type { Dangling } from "./dangling.ts";
import { type Problem, setupError } from "./errors.ts";
import type { JsonObject } from "./json.ts";
import type { FileOptions, ReadFile } from "./read-file.ts";
import { decodeFragment, type Located, valueAt } from "./reference.ts";
import { positionsOf } from "./source-text.ts";

/** An OpenAPI document as an object: what a parser makes of its JSON or YAML. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly [field: string]: unknown;
}

export interface ReadOptions extends FileOptions {
  /**
   * What cannot be served as it stands is an error (`ContractDocument.refuse`), and not only noted.
   * @default false
   */
  readonly strict?: boolean;
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
  /** Pointers to what has a `$dynamicAnchor`, by its name, by the pointer to the schema resource that it belongs to. */
  readonly dynamicAnchors: ReadonlyMap<string, ReadonlyMap<string, string>>;
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
    this.dynamicAnchors = bundle.dynamicAnchors;
    this.#moved = bundle.moved;
    this.#read = read;
    for (const sentence of [...unreadable, ...duplicates]) this.report("#", sentence);
    for (const each of bundle.dangling) {
      // A file that cannot be read has been told of already.
      if (each.reason !== "outside" || unreadable.length === 0) this.report(each.pointer, explain(each));
    }
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
    const [, index, within] = new RegExp(`^#/${foldedFiles}/(\\d+)(.*)$`).exec(pointer) ?? [];
    if (index === undefined) return { file: this.#read[0], within: pointer };
    return { file: this.#read[Number(index) + 1], within: `#${within}` };
  }
}

/** What has been read for a document. */
export interface Reading {
  readonly name: string;
  readonly root: JsonObject;
  readonly bundle: Bundle;
  readonly read: readonly ReadFile[];
  readonly unreadable: readonly string[];
  readonly duplicates?: readonly string[];
  readonly frames?: ReadonlyMap<string, string>;
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
