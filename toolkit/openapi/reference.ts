import type { ContractDocument } from "./document.ts";
import { isObject, type JsonObject } from "./json.ts";

/** Something in the document, and the JSON Pointer (RFC 6901, as a URI fragment) that leads to it. */
export interface Located<Value = unknown> {
  readonly value: Value;
  readonly pointer: string;
}

/** The member names that a JSON Pointer consists of (RFC 6901, section 4). */
export function pointerTokens(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** Writes a member's name as one token of a JSON Pointer (RFC 6901, section 3). */
export function pointerToken(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** A fragment's text; one with a stray percent sign was written unencoded. */
export function decodeFragment(fragment: string): string {
  if (!fragment.includes("%")) return fragment;
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}

/** The names of the members that a pointer in URI fragment form (`#/paths/~1pets`) leads through. */
export function fragmentTokens(pointer: string): string[] {
  return pointerTokens(decodeFragment(pointer.slice(1)));
}

/** What a JSON Pointer in URI fragment form (RFC 6901, section 6) leads to; undefined where it leads nowhere. */
export function valueAt(root: unknown, pointer: string): unknown {
  if (pointer !== "#" && !pointer.startsWith("#/")) return undefined;
  let value = root;
  for (const token of fragmentTokens(pointer)) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, token)) return undefined;
    value = (value as JsonObject)[token];
  }
  return value;
}

/** The pointer to a member. */
export function memberPointer(pointer: string, key: string): string {
  // Most names are words, in documents of millions of them.
  return `${pointer}/${/[^\w-]/.test(key) ? encodeURIComponent(pointerToken(key)) : key}`;
}

/** The member of an object or array; `undefined` where there is none. */
export function member(parent: Located, key: string): Located | undefined {
  const { value } = parent;
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  return { value: (value as JsonObject)[key], pointer: memberPointer(parent.pointer, key) };
}

/** All members of an object or array, in the document's order; none of anything else. */
export function members(parent: Located | undefined): [string, Located][] {
  const value = parent?.value;
  if (parent === undefined || typeof value !== "object" || value === null) return [];
  return Object.keys(value).map((key) => [key, member(parent, key) as Located]);
}

/** The members of a list. */
export function elements(list: Located | undefined): Located[] {
  return Array.isArray(list?.value) ? members(list).map(([, each]) => each) : [];
}

/** The reference that an object is. All of them begin with `#` once a document has been read. */
export function referenceOf(value: unknown): string | undefined {
  if (!isObject(value)) return undefined;
  const { $ref, $dynamicRef } = value;
  return typeof $ref === "string" ? $ref : typeof $dynamicRef === "string" ? $dynamicRef : undefined;
}

/** Something and, one after the other, all that its references lead to. One that leads nowhere ends the chain. */
export function* chain(document: ContractDocument, located: Located): Generator<Located> {
  yield located;
  let reference = referenceOf(located.value);
  const seen = new Set<unknown>();
  for (let current = located; reference !== undefined; reference = referenceOf(current.value)) {
    seen.add(current.value);
    const next = document.at(reference);
    if (next === undefined || seen.has(next.value)) return;
    current = next;
    yield current;
  }
}

/**
 * Where a chain of references ends; `value` is undefined where it leads nowhere or in a circle, which the document has
 * told of when it was read.
 */
export function follow(document: ContractDocument, located: Located): Located {
  if (referenceOf(located.value) === undefined) return located;
  let end = located;
  for (const each of chain(document, located)) end = each;
  return referenceOf(end.value) === undefined ? end : { value: undefined, pointer: end.pointer };
}

/** The object at the end of a chain of references: `{}` for what is none, such as the schemas `true` and `false`. */
export function dereference(document: ContractDocument, located: Located): Located<JsonObject> {
  const end = follow(document, located);
  return isObject(end.value) ? (end as Located<JsonObject>) : { value: {}, pointer: end.pointer };
}

/** Something and everything that applies to the same value through references and `allOf`, the nearest first. */
export function* composition(
  document: ContractDocument,
  located: Located,
  seen: Set<unknown> = new Set(),
): Generator<Located<JsonObject>> {
  for (const each of chain(document, located)) {
    if (!isObject(each.value) || seen.has(each.value)) return;
    seen.add(each.value);
    yield each as Located<JsonObject>;
    for (const part of elements(member(each, "allOf"))) yield* composition(document, part, seen);
  }
}
