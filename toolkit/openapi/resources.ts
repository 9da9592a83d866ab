import { isObject, type JsonObject } from "./json.ts";
import { type Located, memberPointer } from "./reference.ts";

/** One file of a document. */
export interface SourceFile {
  /** Its URL, or `$self` (OpenAPI 3.2): what references in it are resolved against. */
  readonly base: string;
  /** Where it was read from, where that is another place than its base. */
  readonly home: string;
  readonly value: unknown;
  /** Whether it may have `$id`s or anchors. */
  readonly hasIdentifiers: boolean;
}

/** What a reference leads to. */
export interface Target extends Located {
  readonly base: string;
  /** Of a file: where it was read from. */
  readonly home?: string;
  /** Where the file that it stands in was read from, whatever `$id` says. */
  readonly from?: string | undefined;
}

/**
 * What references lead to by a URL: files, schemas with an `$id`, and their anchors (JSON Schema 2020-12, core §8.2).
 */
export class Resources {
  /** Pointers to what has a `$dynamicAnchor`, by its name, by the pointer to the schema resource that it belongs to. */
  readonly dynamicAnchors = new Map<string, Map<string, string>>();
  readonly #byUrl = new Map<string, Target>();
  readonly #anchors = new Map<string, Target>();

  /** @param url without a fragment */
  at(url: string): Target | undefined {
    return this.#byUrl.get(url);
  }

  anchorAt(url: string, name: string): Target | undefined {
    return this.#anchors.get(`${url}#${name}`);
  }

  /** Notes a file that stands at a pointer, and what has a name of its own in it. */
  register({ base, home, value, hasIdentifiers }: SourceFile, pointer: string): Target {
    const target = { value, pointer, base, home, from: home };
    this.#byUrl.set(base, target);
    this.#byUrl.set(home, target);
    if (hasIdentifiers) this.#identify(target);
    return target;
  }

  #identify(file: Target): void {
    const pending = [{ ...file, resource: "" }];
    const seen = new Set<unknown>();
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { value, pointer } = next;
      if (typeof value !== "object" || value === null || seen.has(value)) continue;
      seen.add(value);
      const base = baseWithin(value, next.base);
      const target = { value, pointer, base, from: file.from };
      if (base !== next.base) this.#byUrl.set(base, target);
      const resource = base === next.base ? next.resource : pointer;
      for (const keyword of ["$anchor", "$dynamicAnchor"]) {
        const name = (value as JsonObject)[keyword];
        if (typeof name !== "string") continue;
        this.#anchors.set(`${base}#${name}`, target);
        if (keyword === "$anchor") continue;
        const holder = resource || schemaRoot(pointer);
        const own = this.dynamicAnchors.get(holder) ?? new Map<string, string>();
        this.dynamicAnchors.set(holder, own.set(name, pointer));
      }
      for (const [key, child] of Object.entries(value)) {
        pending.push({ value: child, pointer: memberPointer(pointer, key), base, resource });
      }
    }
  }
}

/** The schema within OpenAPI that a place belongs to: without an `$id` it is as good as a resource of its own. */
function schemaRoot(pointer: string): string {
  return /^#.*?(?:\/schemas\/[^/]*|\/(?:itemS|s)chema)(?=\/|$)/.exec(pointer)?.[0] ?? pointer;
}

/** What references within a value are resolved against. */
export function baseWithin(value: unknown, base: string): string {
  const id = isObject(value) ? value.$id : undefined;
  const url = typeof id === "string" ? URL.parse(id, base) : null;
  if (url === null) return base;
  url.hash = "";
  return url.href;
}
