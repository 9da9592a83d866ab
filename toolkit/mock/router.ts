import { isJsonObject, objectAt } from "../openapi/json.ts";
import { basePaths } from "./document/base-paths.ts";
import type { ContractDocument } from "./document/document.ts";
import { type Operation, readOperation } from "./document/operation.ts";
import { dereference } from "./document/reference.ts";
import { Problem } from "./problem.ts";

const METHODS = new Set(["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"]);

/** An operation found for a request. */
export interface Match {
  readonly operation: Operation;
  /** The values of the path's parameters, decoded, under their names. */
  readonly pathParameters: Readonly<Record<string, string>>;
  /** The path asked for, without the base path of a server. */
  readonly path: string;
}

interface Route {
  readonly template: string;
  readonly segments: readonly string[];
  /** One expression per templated segment; undefined where the segment is literal. */
  readonly patterns: readonly (Segment | undefined)[];
  readonly methods: ReadonlyMap<string, () => Operation>;
}

const NO_ROUTES: Route[] = [];

interface Segment {
  readonly expression: RegExp;
  readonly names: readonly string[];
}

/** Finds the operation for a method and a path, in one or several documents. The first document wins. */
export class Router {
  readonly #routes: readonly Route[];
  readonly #concrete = new Map<string, Route[]>();
  readonly #bySize = new Map<number, Route[]>();
  readonly #basePaths: readonly string[];

  constructor(documents: readonly ContractDocument[]) {
    this.#routes = documents.flatMap(readRoutes);
    this.#basePaths = [...new Set(documents.flatMap(basePaths))].sort((a, b) => b.length - a.length);
    for (const route of this.#routes) {
      if (route.patterns.every((pattern) => pattern === undefined))
        append(this.#concrete, route.template, route);
      else append(this.#bySize, route.segments.length, route);
    }
  }

  /** Method and path of every operation, in the documents' order. */
  get operations(): { readonly method: string; readonly path: string }[] {
    return this.#routes.flatMap(({ template, methods }) =>
      [...methods.keys()].map((method) => ({ method, path: template })),
    );
  }

  /** Every operation read out of its document. Costs time in large documents. */
  readOperations(): Operation[] {
    return this.#routes.flatMap(({ methods }) => [...methods.values()].map((read) => read()));
  }

  /**
   * @param method in lower case
   * @param path as it was sent: percent-encoded, without query
   * @throws {Problem} 404 where no path matches, 405 with `Allow` where one does but has no such method
   */
  find(method: string, path: string): Match {
    const concrete = this.#concrete.get(path) ?? NO_ROUTES;
    const literal = pick(concrete, method, path);
    if (literal) return literal;
    const bare = this.#candidates(path);
    // A path that begins with a server's base path means that server, unless it is literally in the document.
    const stripped = concrete.length > 0 ? [] : this.#withoutBasePath(path);
    for (const { path: candidate, routes } of [
      { path, routes: concrete },
      ...stripped,
      { path, routes: bare },
    ]) {
      const match = pick(routes, method, candidate);
      if (match) return match;
    }
    const reached = [...bare, ...stripped.flatMap(({ routes }) => routes)];
    if (reached.length === 0) {
      throw new Problem(
        "NO_PATH_MATCHED_ERROR",
        `The route ${path} hasn't been found in the specification file`,
      );
    }
    throw new Problem(
      "NO_METHOD_MATCHED_ERROR",
      `The route ${path} has been matched, but it does not have "${method}" method defined`,
      { headers: { Allow: allowed(reached) } },
    );
  }

  #withoutBasePath(path: string): { path: string; routes: Route[] }[] {
    return this.#basePaths
      .filter((base) => path === base || path.startsWith(`${base}/`))
      .map((base) => ({
        path: path.slice(base.length) || "/",
        routes: this.#candidates(path.slice(base.length) || "/"),
      }));
  }

  #candidates(path: string): Route[] {
    const decoded = path.split("/").map(decode);
    const concrete = this.#concrete.get(decoded.join("/")) ?? [];
    const templated = (this.#bySize.get(decoded.length) ?? []).filter(({ segments, patterns }) =>
      segments.every(
        (segment, index) =>
          patterns[index]?.expression.test(decoded[index] ?? "") ?? segment === decoded[index],
      ),
    );
    if (templated.length > 1) templated.sort((a, b) => literalness(b) - literalness(a));
    return [...concrete, ...templated];
  }
}

function append<K>(map: Map<K, Route[]>, key: K, route: Route): void {
  const routes = map.get(key);
  if (routes) routes.push(route);
  else map.set(key, [route]);
}

function readRoutes(document: ContractDocument): Route[] {
  return Object.entries(objectAt(document.root, "paths")).flatMap(([template, node]) => {
    if (!template.startsWith("/")) return [];
    const item = dereference(document.root, node);
    const methods = new Map<string, () => Operation>();
    // OpenAPI 3.2 puts methods it has no field for under additionalOperations.
    for (const [name, definition] of [
      ...Object.entries(item),
      ...Object.entries(objectAt(item, "additionalOperations")),
    ]) {
      const method = name.toLowerCase();
      if (!/^[\w-]+$/.test(method)) continue;
      if (
        !isJsonObject(definition) ||
        (!METHODS.has(method) && !(name in objectAt(item, "additionalOperations")))
      )
        continue;
      methods.set(
        method,
        once(() => readOperation(document, template, method, item, definition)),
      );
    }
    const segments = template.split("/").map(decode);
    return [{ template, segments, patterns: segments.map(segmentPattern), methods }];
  });
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** `{id}.json` as an expression that captures `id`; undefined for a literal segment. */
function segmentPattern(segment: string): Segment | undefined {
  const names = [...segment.matchAll(/\{([^{}]+)\}/g)].map(([, name]) => name ?? "");
  if (names.length === 0) return undefined;
  const expression = segment
    .split(/\{[^{}]+\}/)
    .map((literal) => literal.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join("(.*)");
  return { expression: new RegExp(`^${expression}$`, "s"), names };
}

function pick(routes: readonly Route[], method: string, path: string): Match | undefined {
  const find = (wanted: string) => routes.find(({ methods }) => methods.has(wanted));
  const route = find(method) ?? (method === "head" ? find("get") : undefined);
  const read = route?.methods.get(method) ?? route?.methods.get("get");
  if (!route || !read) return undefined;
  return { operation: read(), pathParameters: captures(route, path), path };
}

function captures(route: Route, path: string): Record<string, string> {
  const values: Record<string, string> = {};
  const segments = path.split("/").map(decode);
  for (const [index, pattern] of route.patterns.entries()) {
    const found = pattern?.expression.exec(segments[index] ?? "");
    for (const [position, name] of (pattern?.names ?? []).entries())
      values[name] = found?.[position + 1] ?? "";
  }
  return values;
}

function literalness({ patterns }: Route): number {
  return patterns.filter((pattern) => pattern === undefined).length;
}

function allowed(routes: readonly Route[]): string {
  const methods = new Set(routes.flatMap((route) => [...route.methods.keys()]));
  if (methods.has("get")) methods.add("head");
  return [...methods].map((method) => method.toUpperCase()).join(", ");
}

function decode(segment: string): string {
  if (!segment.includes("%")) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
