import { ContractSetupError } from "./errors.ts";

/** An OpenAPI 3.0 or 3.1 document in one piece: `$ref`s may point anywhere within it, not outside. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly [field: string]: unknown;
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** Something in the document, and the JSON Pointer (RFC 6901, as a URI fragment) that leads to it. */
export interface Located<Value = unknown> {
  readonly value: Value;
  readonly pointer: string;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The member of an object or array; `undefined` where there is none. */
export function member(parent: Located<JsonObject | readonly unknown[]>, key: string): Located | undefined {
  if (!Object.hasOwn(parent.value, key)) return undefined;
  const value = (parent.value as JsonObject)[key];
  const token = key.replaceAll("~", "~0").replaceAll("/", "~1");
  return { value, pointer: `${parent.pointer}/${encodeURIComponent(token)}` };
}

/** All members of an object or array, in the document's order. */
export function members(parent: Located<JsonObject | readonly unknown[]>): [string, Located][] {
  return Object.keys(parent.value).map((key) => [key, member(parent, key) as Located]);
}

export function asObject(located: Located): Located<JsonObject> {
  if (isObject(located.value)) return located as Located<JsonObject>;
  throw new ContractSetupError(`${located.pointer} must be an object.`);
}

export function asArray(located: Located): Located<readonly unknown[]> {
  if (Array.isArray(located.value)) return located as Located<readonly unknown[]>;
  throw new ContractSetupError(`${located.pointer} must be an array.`);
}

export function asString(located: Located): string {
  if (typeof located.value === "string") return located.value;
  throw new ContractSetupError(`${located.pointer} must be a string.`);
}

/** What a `$ref` within the document points at. */
export function target(document: OpenApiDocument, ref: Located): Located {
  const pointer = asString(ref);
  if (pointer !== "#" && !pointer.startsWith("#/")) {
    throw new ContractSetupError(`${ref.pointer} points outside the document: bundle it into one piece.`);
  }
  let found: Located = { value: document, pointer: "#" };
  for (const token of pointer.split("/").slice(1)) {
    const key = decodeToken(token, ref).replaceAll("~1", "/").replaceAll("~0", "~");
    const next =
      typeof found.value === "object" && found.value !== null ? member(asContainer(found), key) : undefined;
    if (next === undefined) {
      throw new ContractSetupError(`${ref.pointer} points at ${pointer}, which is not in the document.`);
    }
    found = next;
  }
  return found;
}

/** Something and, one after the other, all that its `$ref`s lead to. */
export function* chain(document: OpenApiDocument, located: Located): Generator<Located> {
  const seen = new Set<string>();
  for (let current: Located | undefined = located; current !== undefined; ) {
    if (seen.has(current.pointer)) {
      throw new ContractSetupError(
        `${located.pointer} is a $ref that only leads back to itself: give it a target.`,
      );
    }
    seen.add(current.pointer);
    yield current;
    const ref: Located | undefined = isObject(current.value)
      ? member(asContainer(current), "$ref")
      : undefined;
    current = ref && target(document, ref);
  }
}

/** The end of the chain: something that is no Reference Object. The schema `true` or `false` counts as `{}`. */
export function dereference(document: OpenApiDocument, located: Located): Located<JsonObject> {
  let end = located;
  for (const each of chain(document, located)) end = each;
  return typeof end.value === "boolean" ? { value: {}, pointer: end.pointer } : asObject(end);
}

function asContainer(located: Located): Located<JsonObject> {
  return located as Located<JsonObject>;
}

function decodeToken(token: string, ref: Located): string {
  try {
    return decodeURIComponent(token);
  } catch {
    throw new ContractSetupError(`${ref.pointer} is not a valid URI reference.`);
  }
}
