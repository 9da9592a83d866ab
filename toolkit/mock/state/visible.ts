import { arrayAt, isObject, type JsonObject, objectAt } from "../../openapi/json.ts";
import type { Operation } from "../../openapi/operation.ts";
import type { ContractSchema } from "../../openapi/schema.ts";

/** A schema, its references followed, with everything it extends or may be. */
function* reachable(schema: unknown, root: unknown, seen = new Set<unknown>()): Generator<JsonObject> {
  if (!isObject(schema) || seen.has(schema)) return;
  seen.add(schema);
  yield schema;
  const parents = ["allOf", "oneOf", "anyOf"].flatMap((keyword) => arrayAt(schema, keyword));
  if (typeof schema.$ref === "string" && isObject(root)) {
    parents.push(objectAt(root, "$defs")[schema.$ref.slice("#/$defs/".length)]);
  }
  for (const parent of parents) yield* reachable(parent, root, seen);
}

/** The properties that a schema names, in itself and in what it extends. */
function namedProperties(schema: unknown, root: unknown): Map<string, unknown> {
  return new Map(
    [...reachable(schema, root)].flatMap((part) => Object.entries(objectAt(part, "properties"))),
  );
}

/** The properties that a schema names, in itself and in what it extends or may be. */
export function propertiesOf(schema: ContractSchema): ReadonlyMap<string, unknown> {
  return namedProperties(schema.json, schema.json);
}

/** The properties that a request to an operation may carry. */
export function requestProperties({ requestBody }: Operation): ReadonlyMap<string, unknown> {
  const json = requestBody?.contents[0]?.schema?.json;
  const isSent = (property: unknown) => !isObject(property) || property.readOnly !== true;
  return new Map([...namedProperties(json, json)].filter(([, property]) => isSent(property)));
}

/** An item without what a request may only write. */
export function withoutWriteOnly(item: JsonObject, operation: Operation): JsonObject {
  const properties = requestProperties(operation);
  const isWriteOnly = (name: string) => {
    const property = properties.get(name);
    return isObject(property) && property.writeOnly === true;
  };
  return Object.fromEntries(Object.entries(item).filter(([name]) => !isWriteOnly(name)));
}

/** What a response may show of an item: what its schema names, or all of it where it names nothing. */
export function visible(item: JsonObject, schema: ContractSchema | undefined): JsonObject {
  return pick(item, namedProperties(schema?.json, schema?.json));
}

/** What a list may show of its items. `member` is the envelope's property that holds them. */
export function visibleItems(
  items: readonly JsonObject[],
  schema: ContractSchema | undefined,
  member: string | undefined,
): JsonObject[] {
  const root = schema?.json;
  const list = member === undefined ? root : namedProperties(root, root).get(member);
  const elements = [...reachable(list, root)].flatMap((part) => [...reachable(part.items, root)]);
  const names = new Map(elements.flatMap((part) => Object.entries(objectAt(part, "properties"))));
  return items.map((item) => pick(item, names));
}

function pick(item: JsonObject, names: ReadonlyMap<string, unknown>): JsonObject {
  if (names.size === 0) return item;
  return Object.fromEntries(Object.entries(item).filter(([name]) => names.has(name)));
}
