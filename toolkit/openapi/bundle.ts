import { type Dangling, findCircles, type Reference } from "./dangling.ts";
import { isObject, type JsonObject, objectAt } from "./json.ts";
import { isData, isDataList, type Kind, kindOf } from "./kind.ts";
import { decodeFragment, type Located, memberPointer, pointerTokens } from "./reference.ts";
import { baseWithin, Resources, type SourceFile, type Target } from "./resources.ts";

/** Where the files that a document refers to are folded in. */
export const foldedFiles = "x-referenced-files";

/** A file that a document needs. */
export interface Asked {
  readonly url: string;
  /** Where the file that refers to it was read from; undefined where that cannot be told. */
  readonly from: string | undefined;
}

interface Visit extends Located {
  readonly kind: Kind;
  readonly base: string;
  /** Within an extension, which is nobody's to check. */
  readonly quiet: boolean;
  /** What holds it, and where. */
  readonly parent?: JsonObject;
  readonly key?: string;
}

/**
 * Makes every reference of a document a pointer into it: files are folded in, `$id`, `$anchor`, `$dynamicAnchor` and
 * `$self` resolved, references to whole maps replaced by what they lead to. Values are left alone, unless all of one is
 * a reference. Goes where references lead, so that it knows what a file's parts are.
 */
export class Bundle {
  /** Pointers to maps that stand elsewhere, and where. */
  readonly moved = new Map<string, string>();
  readonly dangling: Dangling[] = [];
  readonly #root: JsonObject;
  readonly #base: string;
  readonly #resources = new Resources();
  readonly #references: Reference[] = [];
  /** The references on the way of a pointer that is being followed. */
  readonly #followed = new Set<string>();
  readonly #resolved = new WeakSet<object>();
  readonly #identified: JsonObject[] = [];
  readonly #seen = new Set<unknown>();
  #files = 0;
  #isInExtension = false;

  constructor(root: JsonObject, file: SourceFile) {
    this.#root = root;
    this.#base = this.#resources.register(file, "#").base;
  }

  get dynamicAnchors(): ReadonlyMap<string, ReadonlyMap<string, string>> {
    return this.#resources.dynamicAnchors;
  }

  /** Asks for the files it needs; gets `undefined` for one that cannot be had. */
  *run(): Generator<Asked, void, SourceFile | undefined> {
    const pending: Visit[] = [
      { value: this.#root, pointer: "#", kind: "object", base: this.#base, quiet: false },
    ];
    const extensions: Visit[] = [];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const found = yield* this.#visit(next);
      for (const each of found.reverse()) (each.quiet && !next.quiet ? extensions : pending).push(each);
      // What the rest refers to is read with the rest; of extensions alone no file is read.
      if (pending.length === 0) pending.push(...extensions.splice(0));
    }
    for (const node of this.#identified) delete node.$id;
    this.dangling.push(...findCircles(this.#references));
  }

  *#visit(visit: Visit): Generator<Asked, Visit[], SourceFile | undefined> {
    const { value, kind, quiet } = visit;
    this.#isInExtension = quiet;
    if (kind === "data") {
      if (isObject(value) && typeof value.$ref === "string" && Object.keys(value).length === 1) {
        const target = yield* this.#locate(value.$ref, visit.base);
        if (typeof target !== "string" && visit.parent !== undefined && visit.key !== undefined) {
          visit.parent[visit.key] = target.value;
        }
      }
      return [];
    }
    if (typeof value !== "object" || value === null || this.#seen.has(value)) return [];
    this.#seen.add(value);
    const base = baseWithin(value, visit.base);
    if (base !== visit.base) this.#identified.push(value as JsonObject);
    const further = isObject(value) ? yield* this.#refer({ ...visit, value, base }) : [];
    for (const key of Object.keys(value)) {
      const child = (value as JsonObject)[key];
      // Keywords are compared as numbers; only values keep digits that numbers have not.
      if (typeof child === "bigint" && (kind !== "object" || Array.isArray(value) || !isData(key)))
        (value as JsonObject)[key] = Number(child);
      if (typeof child !== "object" || child === null) continue;
      const pointer = memberPointer(visit.pointer, key);
      const isQuiet = quiet || (kind === "object" && key.startsWith("x-"));
      if (kind === "object" && isDataList(key) && Array.isArray(child)) {
        for (const [index, each] of child.entries()) {
          const at = {
            pointer: memberPointer(pointer, String(index)),
            parent: child as never,
            key: String(index),
          };
          further.push({ ...at, value: each, kind: "data", base, quiet: isQuiet });
        }
        continue;
      }
      const childKind = Array.isArray(value) ? kind : kindOf(kind, key, child);
      further.push({
        value: child,
        pointer,
        kind: childKind,
        base,
        quiet: isQuiet,
        parent: value as JsonObject,
        key,
      });
    }
    return further;
  }

  /** Resolves the references that an object holds, and returns where they lead. */
  *#refer(visit: Visit & { value: JsonObject }): Generator<Asked, Visit[], SourceFile | undefined> {
    const { value, pointer, kind, base, quiet } = visit;
    const found: Visit[] = [];
    const towards = (target: Target): Visit => ({ ...target, kind, quiet });
    for (const keyword of ["$ref", "$dynamicRef"]) {
      const reference = value[keyword];
      if (typeof reference !== "string" || this.#resolved.has(value)) continue;
      const target = yield* this.#locate(reference, base);
      if (typeof target === "string") {
        if (!quiet) this.dangling.push({ pointer, reference, reason: target });
        continue;
      }
      const isWhole = !isObject(target.value) && typeof target.value !== "boolean";
      if (isWhole && visit.parent !== undefined && visit.key !== undefined) {
        // A list, or a text, in a file of its own: `parameters: { $ref: ./parameters.yaml }`.
        visit.parent[visit.key] = target.value;
        this.moved.set(pointer, target.pointer);
        return isDataList(visit.key) ? [] : [{ ...target, kind: "object", quiet }];
      }
      found.push(towards(target));
      if (kind === "map" && keyword === "$ref") {
        delete value.$ref;
        this.moved.set(pointer, target.pointer);
        if (isObject(target.value)) Object.assign(value, { ...target.value, ...value });
        return found;
      }
      value[keyword] = target.pointer;
      this.#references.push({ value, pointer, written: reference, quiet });
    }
    this.#resolved.add(value);
    const discriminator = objectAt(value, "discriminator");
    const mapping = objectAt(discriminator, "mapping");
    const mapped = Object.keys(mapping).map((tag) => [mapping, tag] as const);
    for (const [holder, key] of [...mapped, [discriminator, "defaultMapping"] as const]) {
      const reference = holder[key];
      if (typeof reference !== "string" || this.#isSchemaName(reference)) continue;
      const target = yield* this.#locate(reference, base);
      if (typeof target === "string") continue;
      holder[key] = target.pointer;
      found.push(towards(target));
    }
    return found;
  }

  /** A bare word, and whatever else `components.schemas` has, is a schema's name. */
  #isSchemaName(reference: string): boolean {
    return (
      !/[#/.]/.test(reference) ||
      Object.hasOwn(objectAt(objectAt(this.#root, "components"), "schemas"), reference)
    );
  }

  *#locate(
    reference: string,
    base: string,
  ): Generator<Asked, Target | Dangling["reason"], SourceFile | undefined> {
    const url = URL.parse(reference, base);
    if (url === null || /%(?![0-9a-f]{2})/i.test(reference)) return "malformed";
    const fragment = decodeFragment(url.hash.slice(1));
    url.hash = "";
    const resource = this.#resources.at(url.href) ?? (yield* this.#load(url.href, reference, base));
    if (resource === undefined) return "outside";
    if (fragment !== "" && !fragment.startsWith("/")) {
      return this.#resources.anchorAt(url.href, fragment) ?? "missing";
    }
    // Documents whose schemas have an $id write references from the document's root all the same.
    return (
      (yield* this.#step(resource, fragment)) ??
      (yield* this.#step({ value: this.#root, pointer: "#", base }, fragment)) ??
      "missing"
    );
  }

  *#load(
    url: string,
    reference: string,
    base: string,
  ): Generator<Asked, Target | undefined, SourceFile | undefined> {
    // Beside a document that names another base for itself lie its files all the same.
    const home = this.#resources.at(base);
    const near = home === undefined ? undefined : URL.parse(reference, home.home ?? base);
    const known = near && this.#resources.at(near.href.replace(/#.*/, ""));
    if (known) return known;
    const asked =
      near === null || near === undefined || /^[a-z][a-z\d+.-]*:/i.test(reference) ? url : near.href;
    if (this.#isInExtension) return undefined;
    const file = yield { url: asked.replace(/#.*/, ""), from: home?.from };
    if (file === undefined) return undefined;
    const pointer = `#/${foldedFiles}/${this.#files}`;
    this.#root[foldedFiles] = { ...objectAt(this.#root, foldedFiles), [this.#files]: file.value };
    this.#files += 1;
    return this.#resources.register(file, pointer);
  }

  /** Follows a pointer from member to member, and the references on its way. */
  *#step(from: Target, fragment: string): Generator<Asked, Target | undefined, SourceFile | undefined> {
    let { value, pointer, base } = from;
    const tokens = pointerTokens(fragment);
    for (let hops = 0; tokens.length > 0; hops += 1) {
      if (typeof value !== "object" || value === null) return undefined;
      base = baseWithin(value, base);
      const [token = ""] = tokens;
      if (Object.hasOwn(value, token)) {
        tokens.shift();
        value = (value as JsonObject)[token];
        pointer = memberPointer(pointer, token);
        continue;
      }
      const reference = (value as JsonObject).$ref;
      const followed = `${base} ${reference}`;
      // A schema with an $id may refer, within itself, to what only the whole document has: it is no way to there.
      if (typeof reference !== "string" || hops > 100 || this.#followed.has(followed)) return undefined;
      this.#followed.add(followed);
      const target: Target | string = this.#resolved.has(value)
        ? ((yield* this.#step(
            { value: this.#root, pointer: "#", base },
            decodeFragment(reference.slice(1)),
          )) ?? "missing")
        : yield* this.#locate(reference, base);
      this.#followed.delete(followed);
      if (typeof target === "string") return undefined;
      ({ value, pointer, base } = target);
    }
    return { value, pointer, base };
  }
}
