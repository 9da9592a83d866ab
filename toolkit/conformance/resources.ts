import { isObject, type JsonObject, type Operation } from "../openapi/index.ts";
import type { RequestCase } from "./request/request-case.ts";
import type { Exchange } from "./request/send.ts";

/** One thing of the server's: the values of its path's parameters, in the order of the path. */
export interface Resource {
  /** `/users/{}/methods/{}`. */
  readonly shape: string;
  readonly values: readonly string[];
  /** As the answer to its creation told it. */
  readonly body: unknown;
}

/** How often one parent gets children: servers limit how many there may be. */
const mostUses = 6;

export function shapeOf(path: string): string {
  return path.replaceAll(/\{[^{}]*\}/g, "{}");
}

export function parameterNames(path: string): string[] {
  return [...path.matchAll(/\{([^{}]*)\}/g)].map(([, name = ""]) => name);
}

/** The templates of the things that a path leads through, the innermost first: `/users/{}/methods/{}`, `/users/{}`. */
export function itemShapes(path: string): string[] {
  const ends = [...shapeOf(path).matchAll(/\{\}/g)].map((match) => match.index + 2);
  return ends.reverse().map((end) => shapeOf(path).slice(0, end));
}

/** What the run has made, and what it has seen: ids are learnt from answers. */
export class Resources {
  readonly #creators = new Map<string, Operation>();
  readonly #operations: readonly Operation[];
  readonly #created = new Map<string, Resource[]>();
  readonly #seen = new Map<string, Resource[]>();
  readonly #uses = new Map<Resource, number>();
  /** All that was ever made, in order. */
  readonly made: Resource[] = [];

  constructor(operations: readonly Operation[]) {
    this.#operations = operations;
    for (const operation of operations) {
      if (operation.method !== "post") continue;
      const item = `${shapeOf(operation.path).replace(/\/$/, "")}/{}`;
      if (operations.some(({ path }) => shapeOf(path) === item)) this.#creators.set(item, operation);
    }
  }

  /** The operation that makes things of this shape. */
  creatorOf(shape: string): Operation | undefined {
    return this.#creators.get(shape);
  }

  /** The things that can be made, parents first. */
  get shapes(): string[] {
    return [...this.#creators.keys()].sort((a, b) => a.length - b.length);
  }

  operation(method: string, shape: string): Operation | undefined {
    return this.#operations.find((each) => each.method === method && shapeOf(each.path) === shape);
  }

  /** The youngest thing of this shape that the run has made, and that has not been used too often as a parent. */
  created(shape: string): Resource | undefined {
    return this.#created.get(shape)?.findLast((each) => (this.#uses.get(each) ?? 0) < mostUses);
  }

  seen(shape: string): Resource | undefined {
    return this.#seen.get(shape)?.at(-1);
  }

  use(resource: Resource): void {
    this.#uses.set(resource, (this.#uses.get(resource) ?? 0) + 1);
  }

  /** Whether the run has made what a path leads to, or something around it. */
  owns(path: string, parameters: JsonObject): boolean {
    const values = parameterNames(path).map((name) => String(parameters[name]));
    return this.made.some(
      ({ shape, values: own }) =>
        itemShapes(path).includes(shape) && own.every((value, index) => value === values[index]),
    );
  }

  /** It is gone, and all that was below it. */
  forget({ shape, values }: Pick<Resource, "shape" | "values">): void {
    for (const [own, list] of this.#created) {
      if (!own.startsWith(shape)) continue;
      const left = list.filter((each) => !values.every((value, index) => value === each.values[index]));
      this.#created.set(own, left);
    }
  }

  /** After everything that was made has been taken away again. */
  clear(): void {
    this.#created.clear();
    this.#uses.clear();
    this.made.length = 0;
  }

  /** Learns from an answer what there is now. Gives what was made. */
  learn(request: RequestCase, { answer }: Exchange): Resource | undefined {
    if (answer === undefined) return undefined;
    const { operation, method } = request;
    const shape = shapeOf(operation.path);
    const item = `${shape.replace(/\/$/, "")}/{}`;
    const values = parameterNames(operation.path).map((name) => String(request.parameters.path[name]));
    // What is said not to be there is not there, and a collection that is replaced has none of what it had.
    if (method !== "POST" && (answer.status === 404 || (method === "DELETE" && answer.status < 300)))
      this.forget({ shape, values });
    if ((method === "PUT" || method === "DELETE") && answer.status < 300)
      this.forget({ shape: item, values });
    const itemPath = this.#operations.find(({ path }) => shapeOf(path) === item)?.path;
    if (itemPath === undefined || answer.status >= 300) return undefined;
    const body = parse(answer.text);
    const name = parameterNames(itemPath).at(-1) ?? "id";
    if (operation.method === "post") {
      const id =
        idFrom(answer.headers.get("location"), itemPath) ??
        linkedId(operation, answer.status, name, body) ??
        idOf(body, name, itemPath);
      if (id === undefined) return undefined;
      const resource = { shape: item, values: [...values, id], body };
      this.#created.set(item, [...(this.#created.get(item) ?? []), resource]);
      this.made.push(resource);
      return resource;
    }
    if (operation.method === "get") {
      const ids = listOf(body).flatMap((each) => idOf(each, name, itemPath) ?? []);
      if (ids.length > 0)
        this.#seen.set(
          item,
          ids.slice(0, 5).map((id) => ({ shape: item, values: [...values, id], body: undefined })),
        );
    }
    return undefined;
  }
}

/** A list as answers hold it: by itself, or as the one list of an object. */
export function listOf(body: unknown): readonly unknown[] {
  if (Array.isArray(body)) return body;
  if (!isObject(body)) return [];
  const lists = Object.values(body).filter((value) => Array.isArray(value));
  return lists.length === 1 ? (lists[0] as unknown[]) : [];
}

/** The id of a representation: by the parameter's name, by the resource's, or by what ids are mostly called. */
export function idOf(body: unknown, parameter: string, itemPath: string): string | undefined {
  if (!isObject(body)) return undefined;
  const collection = itemPath.split("/").at(-2) ?? "";
  const singular = collection.replaceAll("-", "_").replace(/ies$/, "y").replace(/s$/, "");
  const names = [parameter, `${singular}_id`, `${singular}Id`, "id", "_id", "uuid", "key", "slug", "name"];
  for (const name of names) {
    const value = body[name];
    if (typeof value === "string" || typeof value === "number") return String(value);
  }
  const inner = Object.values(body).filter(isObject);
  return inner.length === 1 ? idOf(inner[0], parameter, itemPath) : undefined;
}

function idFrom(location: string | null, itemPath: string): string | undefined {
  if (location === null) return undefined;
  const segments = itemPath.split("/").length - 1;
  const given = URL.parse(location, "http://localhost")?.pathname.split("/") ?? [];
  const last = given.at(-1);
  return given.length > segments && last ? decodeURIComponent(last) : undefined;
}

/** As a link of the response says: `$response.body#/id`. */
function linkedId(
  operation: Operation,
  status: number,
  parameter: string,
  body: unknown,
): string | undefined {
  const links = operation.responses.find(({ code }) => code === String(status))?.links ?? [];
  for (const { parameters } of links) {
    const expression = parameters[parameter] ?? parameters[`path.${parameter}`];
    const pointer = /^\$response\.body#(\/.*)$/.exec(String(expression))?.[1];
    if (pointer === undefined) continue;
    const value = pointer
      .split("/")
      .slice(1)
      .reduce<unknown>((found, token) => (isObject(found) ? found[token] : undefined), body);
    if (typeof value === "string" || typeof value === "number") return String(value);
  }
  return undefined;
}

export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
