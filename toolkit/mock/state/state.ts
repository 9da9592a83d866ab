import { isObject, type JsonObject } from "../../openapi/json.ts";
import type { Operation } from "../../openapi/operation.ts";
import type { ContractSchema } from "../../openapi/schema.ts";
import type { Draft } from "../response/response.ts";
import type { Match } from "../router.ts";
import { createItem, idOf, mergePatch, replaceItem, withId } from "./item.ts";
import { itemsIn, listOf } from "./list.ts";
import { collectionsOf, type Place, placeOf } from "./place.ts";
import { visible, withoutWriteOnly } from "./visible.ts";

interface Collection {
  readonly items: Map<string, JsonObject>;
  /** Ids that were there and are no more. */
  readonly removed: Set<string>;
  /** The path template. */
  readonly template: string;
  /** True: what is not in `items` does not exist. False: it may still be answered from an example. */
  readonly complete: boolean;
}

/** What the state makes of a request. */
export type StateOutcome =
  | { readonly kind: "answer"; readonly value: unknown; readonly location?: string; readonly reason: string }
  | { readonly kind: "missing" | "conflict" };

/** What the contract alone would answer, for the parts that the state does not know. */
export interface ContractView {
  /** The documented 2xx answer to this request. */
  readonly draft: Draft;
  /** The items that the examples of the collection's list show. */
  readonly listed: () => readonly JsonObject[];
  /** The example of the item, as a GET of it would answer. */
  readonly item: () => JsonObject | undefined;
}

type SchemaOfId = (collection: string, parameter: string) => ContractSchema | undefined;

/** Remembers what POST, PUT, PATCH and DELETE did to resource-shaped paths, and answers GETs from it. */
export class State {
  readonly #collections = new Map<string, Collection>();
  readonly #schemaOfId: SchemaOfId;
  readonly #seedData: Readonly<Record<string, readonly JsonObject[]>>;
  /** The path templates of collections, with the parameter that names an item. */
  readonly #parameters: ReadonlyMap<string, string>;

  /**
   * @param operations all that is mocked
   * @param schemaOfId the schema of the parameter that names an item, given the collection's path and the parameter's name
   * @param seedData items to begin with, by the collection's path (`/pets`) or template (`/users/{id}/pets`)
   */
  constructor(
    operations: readonly { readonly method: string; readonly path: string }[],
    schemaOfId: SchemaOfId,
    seedData: Readonly<Record<string, readonly JsonObject[]>> = {},
  ) {
    this.#parameters = collectionsOf(operations);
    this.#schemaOfId = schemaOfId;
    this.#seedData = seedData;
  }

  /** Takes over the collections of another state whose path templates pass. */
  inherit(other: State, passes: (template: string) => boolean): void {
    for (const [key, collection] of other.#collections)
      if (passes(collection.template)) this.#collections.set(key, collection);
  }

  /** Undefined: this path is no resource, or nothing is known of it; the contract answers alone. */
  apply(
    match: Match,
    method: string,
    body: unknown,
    query: URLSearchParams,
    view: ContractView,
  ): StateOutcome | undefined {
    const place = placeOf(match, this.#parameters);
    if (!place) return undefined;
    const { operation } = match;
    if (place.id === undefined) return this.#onCollection(place, operation, method, body, query, view);
    return this.#onItem(place, place.id, operation, method, body, view);
  }

  #collection(place: Place, listed: () => readonly JsonObject[]): Collection {
    let known = this.#collections.get(place.key);
    if (!known) {
      const seeded = this.#seedData[place.key] ?? this.#seedData[place.template];
      const items = new Map<string, JsonObject>();
      for (const item of seeded ?? listed()) {
        items.set(idOf(item, place.parameter) ?? String(items.size + 1), structuredClone(item));
      }
      known = { items, removed: new Set(), template: place.template, complete: seeded !== undefined };
      this.#collections.set(place.key, known);
    }
    return known;
  }

  #isKnown({ key, template }: Place): boolean {
    return this.#collections.has(key) || key in this.#seedData || template in this.#seedData;
  }

  #onCollection(
    place: Place,
    operation: Operation,
    method: string,
    body: unknown,
    query: URLSearchParams,
    view: ContractView,
  ): StateOutcome | undefined {
    const { draft } = view;
    const { key, parameter } = place;
    if (method === "get") {
      if (!this.#isKnown(place)) return undefined;
      const { items } = this.#collection(place, () => itemsIn(draft.value, key));
      const value = listOf([...items.values()], draft, key, operation, query);
      return { kind: "answer", value, reason: `${items.size} remembered` };
    }
    if (method === "post" && isObject(body)) {
      const collection = this.#collection(place, view.listed);
      const asked = idOf(body, parameter);
      if (asked !== undefined && collection.items.has(asked)) return { kind: "conflict" };
      const { id, item } = this.#add(collection, place, body, draft, operation);
      const location = `${key}/${encodeURIComponent(id.toWellFormed())}`;
      return { kind: "answer", value: visible(item, draft.schema), location, reason: "remembered" };
    }
    if (method === "put" && Array.isArray(body)) {
      const collection = this.#emptied(place);
      for (const one of body.filter(isObject)) {
        this.#add(
          collection,
          place,
          one,
          { ...draft, value: undefined, schema: undefined, examples: [] },
          operation,
        );
      }
      const value = listOf([...collection.items.values()], draft, key, operation, query);
      return { kind: "answer", value, reason: "replaced" };
    }
    if (method !== "delete") return undefined;
    this.#emptied(place);
    this.#forgetBelow(`${key}/`);
    return { kind: "answer", value: draft.value, reason: "emptied" };
  }

  #add(collection: Collection, place: Place, body: JsonObject, draft: Draft, operation: Operation) {
    const path = { parameter: place.parameter, schema: this.#schemaOfId(place.key, place.parameter) };
    const item = createItem(body, draft, path, collection, operation);
    const id = idOf(item, place.parameter) ?? String(collection.items.size + 1);
    collection.items.set(id, item);
    collection.removed.delete(id);
    return { id, item };
  }

  #emptied(place: Place): Collection {
    const collection: Collection = {
      items: new Map(),
      removed: new Set(),
      template: place.template,
      complete: true,
    };
    this.#collections.set(place.key, collection);
    return collection;
  }

  #onItem(
    place: Place,
    id: string,
    operation: Operation,
    method: string,
    body: unknown,
    view: ContractView,
  ): StateOutcome | undefined {
    const { draft } = view;
    if (method === "get" && !this.#isKnown(place)) return undefined;
    const collection = this.#collection(place, view.listed);
    const stored = collection.items.get(id);
    const missing = collection.removed.has(id) || (collection.complete && method !== "put");
    if (stored === undefined && missing) return { kind: "missing" };
    if (method === "get") {
      return stored && { kind: "answer", value: visible(stored, draft.schema), reason: "remembered" };
    }
    if (method === "delete") {
      collection.items.delete(id);
      collection.removed.add(id);
      this.#forgetBelow(`${place.key}/${encodeURIComponent(id.toWellFormed())}/`);
      return { kind: "answer", value: draft.value, reason: "forgotten" };
    }
    if ((method !== "put" && method !== "patch") || !isObject(body)) return undefined;
    const current = stored ?? view.item() ?? {};
    const next = method === "patch" ? mergePatch(current, body) : replaceItem(current, body, operation);
    const item = withId(withoutWriteOnly(next as JsonObject, operation), place.parameter, id);
    collection.items.set(id, item);
    const value = isObject(draft.value) ? visible(item, draft.schema) : draft.value;
    return { kind: "answer", value, reason: "remembered" };
  }

  #forgetBelow(prefix: string): void {
    for (const key of this.#collections.keys()) if (key.startsWith(prefix)) this.#collections.delete(key);
  }
}
