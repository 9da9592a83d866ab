import type { JsonObject, Operation } from "../openapi/index.ts";
import { type Item, idFrom, idOf, linkedId, listOf, parse } from "./ids.ts";
import { allowsInPath, itemShapes, parameterNames, shapeOf } from "./path-template.ts";
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

  /** The path of the things of this shape, and which ids they may have. */
  item(shape: string): Item | undefined {
    const own = this.#operations.filter(({ path }) => shapeOf(path) === shape);
    const [first] = own;
    if (first === undefined) return undefined;
    const names = parameterNames(first.path);
    // What another path says word for word leads there.
    const isTaken = (id: string) =>
      this.#operations.some(({ path }) => shapeOf(path) === `${shape.slice(0, -"{}".length)}${id}`);
    return {
      path: first.path,
      parameter: names.at(-1) ?? "id",
      allows: (id) => !isTaken(id) && own.every((operation) => allowsInPath(operation, names.length - 1, id)),
    };
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
    const itemShape = `${shape.replace(/\/$/, "")}/{}`;
    const values = parameterNames(operation.path).map((name) => String(request.parameters.path[name]));
    // What is said not to be there is not there, and a collection that is replaced has none of what it had.
    if (method !== "POST" && (answer.status === 404 || (method === "DELETE" && answer.status < 300)))
      this.forget({ shape, values });
    if ((method === "PUT" || method === "DELETE") && answer.status < 300)
      this.forget({ shape: itemShape, values });
    const item = this.item(itemShape);
    if (item === undefined || answer.status >= 300) return undefined;
    const body = parse(answer.text);
    if (operation.method === "post") {
      const id =
        idFrom(answer.headers.get("location"), item) ??
        linkedId(operation, answer.status, body, item) ??
        idOf(body, item);
      if (id === undefined) return undefined;
      const resource = { shape: itemShape, values: [...values, id], body };
      this.#created.set(itemShape, [...(this.#created.get(itemShape) ?? []), resource]);
      this.made.push(resource);
      return resource;
    }
    if (operation.method === "get") {
      const ids = listOf(body).flatMap((each) => idOf(each, item) ?? []);
      if (ids.length > 0)
        this.#seen.set(
          itemShape,
          ids.slice(0, 5).map((id) => ({ shape: itemShape, values: [...values, id], body: undefined })),
        );
    }
    return undefined;
  }
}
