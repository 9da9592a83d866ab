import type { Match } from "../router.ts";

/** A collection and, perhaps, an item in it, as a path names them: `/pets` and `42`. */
export interface Place {
  /** The concrete path of the collection. */
  readonly key: string;
  /** The path template of the collection. */
  readonly template: string;
  /** Undefined: the path is the collection's own. */
  readonly id: string | undefined;
  /** The name of the path parameter that carries the id. */
  readonly parameter: string;
}

/**
 * The path templates of collections, with the parameter that names an item.
 * A collection has items below it (`/pets/{id}`), or is both read and added to.
 */
export function collectionsOf(
  operations: readonly { readonly method: string; readonly path: string }[],
): ReadonlyMap<string, string> {
  const collections = new Map<string, string>();
  const has = (method: string, path: string) =>
    operations.some((one) => one.method === method && one.path === path);
  for (const { method, path } of operations) {
    if (method === "post" && !path.endsWith("}") && has("get", path)) collections.set(path, "id");
  }
  for (const { path } of operations) {
    const [, collection, parameter] = /^(.*)\/\{([^{}]+)\}$/.exec(path) ?? [];
    if (collection && parameter !== undefined) collections.set(collection, parameter);
  }
  return collections;
}

/**
 * The place that a request's path names; undefined where it is no resource.
 *
 * @param collections what `collectionsOf` found
 */
export function placeOf(
  { operation, path, pathParameters }: Match,
  collections: ReadonlyMap<string, string>,
): Place | undefined {
  const at = operation.path.lastIndexOf("/");
  const [, parameter] = /^\{([^{}]+)\}$/.exec(operation.path.slice(at + 1)) ?? [];
  const trimmed = path.slice(0, path.lastIndexOf("/"));
  if (parameter !== undefined) {
    return {
      key: trimmed,
      template: operation.path.slice(0, at),
      id: pathParameters[parameter] ?? "",
      parameter,
    };
  }
  const name = collections.get(operation.path);
  if (name === undefined) return undefined;
  return { key: path, template: operation.path, id: undefined, parameter: name };
}
