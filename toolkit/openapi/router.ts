import { basePaths } from "./base-path.ts";
import type { ContractDocument } from "./document.ts";
import type { Operation } from "./operation.ts";
import {
  compareTemplates,
  matchSegment,
  normalPath,
  parseTemplate,
  type TemplateSegment,
} from "./path-template.ts";
import { listOperations, type OperationEntry, readOperation } from "./read-operation.ts";

/** An operation found for a request. */
export interface Match {
  readonly operation: Operation;
  /** The values of the path's parameters, decoded, under their names. */
  readonly pathParameters: Readonly<Record<string, string>>;
  /** The same as they were sent: a style's delimiters are told from encoded ones. */
  readonly encodedParameters: Readonly<Record<string, string>>;
  /** The path asked for, without the base path of a server. */
  readonly path: string;
}

/** Why no operation answers: no path matches, or those that do have other methods (in lower case). */
export interface NoMatch {
  readonly allowed: readonly string[] | undefined;
}

interface Route {
  readonly template: string;
  readonly segments: readonly TemplateSegment[];
  readonly methods: ReadonlyMap<string, () => Operation>;
}

interface Candidate {
  readonly route: Route;
  readonly path: string;
  readonly values: Readonly<Record<string, string>>;
}

/** Finds the operation for a method and a path, in one or several documents. The first document wins. */
export class OperationRouter {
  readonly #routes: readonly Route[];
  readonly #concrete = new Map<string, Route[]>();
  readonly #bySize = new Map<number, Route[]>();
  readonly #basePaths: readonly string[];

  constructor(documents: readonly ContractDocument[]) {
    this.#routes = documents.flatMap(readRoutes);
    this.#basePaths = [...new Set(documents.flatMap(basePaths))].sort((a, b) => b.length - a.length);
    for (const route of this.#routes) {
      if (route.segments.every(({ names }) => names.length === 0)) {
        append(this.#concrete, route.segments.map(({ literals }) => literals[0]).join("/"), route);
      } else append(this.#bySize, route.segments.length, route);
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
   * The more literal path wins; of two, the one as it is written before the one without a server's base path.
   *
   * @param method in lower case
   * @param path as it was sent: percent-encoded, without query
   */
  find(method: string, path: string): Match | NoMatch {
    const bare = this.#candidates(path);
    const stripped = this.#basePaths
      .filter((base) => path === base || path.startsWith(`${base}/`))
      .flatMap((base) => this.#candidates(path.slice(base.length) || "/"));
    const reached = bare.concat(stripped);
    if (reached.length > 1) reached.sort((a, b) => compareTemplates(a.route.segments, b.route.segments));
    const has = (wanted: string) => reached.find(({ route }) => route.methods.has(wanted));
    const found = has(method) ?? (method === "head" ? has("get") : undefined);
    const read = found?.route.methods.get(method) ?? found?.route.methods.get("get");
    if (found === undefined || read === undefined) {
      return { allowed: reached.length === 0 ? undefined : methodsOf(reached) };
    }
    const decoded = Object.entries(found.values).map(([name, value]) => [name, decode(value)]);
    return {
      operation: read(),
      pathParameters: Object.fromEntries(decoded),
      encodedParameters: found.values,
      path: found.path,
    };
  }

  #candidates(path: string): Candidate[] {
    const segments = path.split("/");
    const found = (this.#concrete.get(normalPath(path)) ?? []).map((route) => ({
      route,
      path,
      values: {},
    }));
    for (const route of this.#bySize.get(segments.length) ?? []) {
      const values = matchTemplate(route.segments, segments);
      if (values !== undefined) found.push({ route, path, values });
    }
    return found;
  }
}

/** The values of a template's parameters, still encoded, by name; undefined where the path does not match. */
export function matchTemplate(
  template: readonly TemplateSegment[],
  segments: readonly string[],
): Record<string, string> | undefined {
  const values: Record<string, string> = {};
  let index = 0;
  for (const segment of template) {
    const found = matchSegment(segment, segments[index++] ?? "");
    if (found === undefined) return undefined;
    let position = 0;
    for (const name of segment.names) values[name] = found[position++] ?? "";
  }
  return values;
}

function methodsOf(candidates: readonly Candidate[]): string[] {
  const methods = new Set(candidates.flatMap(({ route }) => [...route.methods.keys()]));
  if (methods.has("get")) methods.add("head");
  return [...methods];
}

function append<K>(map: Map<K, Route[]>, key: K, route: Route): void {
  const routes = map.get(key);
  if (routes) routes.push(route);
  else map.set(key, [route]);
}

function readRoutes(document: ContractDocument): Route[] {
  const routes = new Map<string, Map<string, () => Operation>>();
  for (const entry of listOperations(document)) {
    if (!entry.path.startsWith("/")) continue;
    const methods = routes.get(entry.path) ?? new Map<string, () => Operation>();
    if (methods.size === 0) routes.set(entry.path, methods);
    methods.set(entry.method, once(document, entry));
  }
  return [...routes].map(([template, methods]) => ({ template, segments: parseTemplate(template), methods }));
}

function once(document: ContractDocument, entry: OperationEntry): () => Operation {
  let made: Operation | undefined;
  return () => {
    made ??= readOperation(document, entry);
    return made;
  };
}

function decode(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
