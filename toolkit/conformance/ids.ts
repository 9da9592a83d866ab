import { isObject, type Operation } from "../openapi/index.ts";

/** What leads to one thing of a collection. */
export interface Item {
  /** `/users/{userId}`. */
  readonly path: string;
  /** The name of its last parameter, which is the thing's id. */
  readonly parameter: string;
  /** Whether the contract allows a text as that id: many a member that is called like an id is none. */
  readonly allows: (id: string) => boolean;
}

/** A list as answers hold it: by itself, or as the one list of an object. */
export function listOf(body: unknown): readonly unknown[] {
  if (Array.isArray(body)) return body;
  if (!isObject(body)) return [];
  const lists = Object.values(body).filter((value) => Array.isArray(value));
  return lists.length === 1 ? (lists[0] as unknown[]) : [];
}

/** The id of a representation: by the parameter's name, by the resource's, or by what ids are mostly called. */
export function idOf(body: unknown, item: Item): string | undefined {
  if (!isObject(body)) return undefined;
  const { parameter, path } = item;
  const collection = path.split("/").at(-2) ?? "";
  const singular = collection.replaceAll("-", "_").replace(/ies$/, "y").replace(/s$/, "");
  const names = [parameter, `${singular}_id`, `${singular}Id`, "id", "_id", "uuid", "key", "slug", "name"];
  for (const name of names) {
    const id = allowed(body[name], item);
    if (id !== undefined) return id;
  }
  const inner = Object.values(body).filter(isObject);
  return inner.length === 1 ? idOf(inner[0], item) : undefined;
}

/** Of a `Location`, where it leads to such a thing. */
export function idFrom(location: string | null, item: Item): string | undefined {
  if (location === null) return undefined;
  const segments = item.path.split("/").length - 1;
  const given = URL.parse(location, "http://localhost")?.pathname.split("/") ?? [];
  const last = given.at(-1);
  return given.length > segments && last ? allowed(decoded(last), item) : undefined;
}

/** @returns undefined where the escapes are not UTF-8 */
function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

/** As a link of the response says: `$response.body#/id`. */
export function linkedId(
  operation: Operation,
  status: number,
  body: unknown,
  item: Item,
): string | undefined {
  const links = operation.responses.find(({ code }) => code === String(status))?.links ?? [];
  for (const { parameters } of links) {
    const expression = parameters[item.parameter] ?? parameters[`path.${item.parameter}`];
    const pointer = /^\$response\.body#(\/.*)$/.exec(String(expression))?.[1];
    if (pointer === undefined) continue;
    const value = pointer
      .split("/")
      .slice(1)
      .reduce<unknown>((found, token) => (isObject(found) ? found[token] : undefined), body);
    const id = allowed(value, item);
    if (id !== undefined) return id;
  }
  return undefined;
}

function allowed(value: unknown, { allows }: Item): string | undefined {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  return allows(String(value)) ? String(value) : undefined;
}

export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
