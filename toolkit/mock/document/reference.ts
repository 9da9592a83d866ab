import { isJsonObject, type JsonObject } from "../../openapi/json.ts";

/** What a JSON Pointer in URI fragment form (RFC 6901, section 6) leads to; undefined where it leads nowhere. */
export function valueAt(root: unknown, pointer: string): unknown {
  if (!pointer.startsWith("#")) return undefined;
  let value = root;
  for (const token of pointerTokens(fragmentOf(pointer))) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, token)) return undefined;
    value = (value as JsonObject)[token];
  }
  return value;
}

function fragmentOf(pointer: string): string {
  const fragment = pointer.slice(1);
  try {
    return decodeURIComponent(fragment);
  } catch {
    // A stray percent sign: the pointer was written unencoded.
    return fragment;
  }
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

/** Where a chain of `$ref`s ends. */
export interface Target {
  readonly value: unknown;
  /** The last reference followed; undefined where the node is none itself. */
  readonly pointer: string | undefined;
}

/**
 * Follows a node's `$ref` to the end of its chain.
 * A chain that leads nowhere, or in a circle, ends in `undefined`.
 */
export function follow(root: unknown, node: unknown): Target {
  let value = node;
  let pointer: string | undefined;
  const seen = new Set<unknown>();
  while (isJsonObject(value) && typeof value.$ref === "string") {
    if (seen.has(value)) return { value: undefined, pointer };
    seen.add(value);
    pointer = value.$ref;
    value = valueAt(root, pointer);
  }
  return { value, pointer };
}

/** The object at the end of a node's `$ref` chain, `{}` where there is none. */
export function dereference(root: unknown, node: unknown): JsonObject {
  const { value } = follow(root, node);
  return isJsonObject(value) ? value : {};
}
