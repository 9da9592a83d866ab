import { randomUUID } from "node:crypto";
import { exactInteger } from "../../openapi/exact-integers.ts";
import { isObject, type JsonObject } from "../../openapi/json.ts";
import type { Operation } from "../../openapi/operation.ts";
import type { ContractSchema } from "../../openapi/schema.ts";
import { dynamicValue, staticValue } from "../generation/generation.ts";
import type { Draft } from "../response/response.ts";
import { validatorOf } from "../schema/validator.ts";
import { propertiesOf, requestProperties, visible, withoutWriteOnly } from "./visible.ts";

/** The ids that a new item may not have. */
export interface TakenIds {
  readonly items: ReadonlyMap<string, JsonObject>;
  readonly removed: ReadonlySet<string>;
}

const idNames = ["id", "uuid", "_id", "key", "slug"];
/** Ids generated before one is accepted that the schema may not. */
const mostGeneratedIds = 10;

/**
 * The member that identifies an item: named like the path parameter (`eventId` for `{event_id}`), else one of the usual
 * names; undefined where there is none.
 */
export function idName(members: Iterable<string>, parameter: string): string | undefined {
  const names = [...members];
  const alike = names.find((name) => normal(name) === normal(parameter));
  return names.includes(parameter) ? parameter : (alike ?? idNames.find((name) => names.includes(name)));
}

function normal(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, "");
}

function ownIdName(item: JsonObject, parameter: string): string | undefined {
  const scalars = Object.keys(item).filter((name) =>
    ["string", "number", "bigint"].includes(typeof item[name]),
  );
  return idName(scalars, parameter);
}

/** The id of an item as it stands in a path; undefined where it has none. */
export function idOf(item: JsonObject, parameter: string): string | undefined {
  const name = ownIdName(item, parameter);
  return name === undefined ? undefined : String(item[name]);
}

/** The item under the id of its path. */
export function withId(item: JsonObject, parameter: string, id: string): JsonObject {
  const name = ownIdName(item, parameter) ?? "id";
  const numeric =
    ["number", "bigint"].includes(typeof item[name]) && id.trim() !== "" && Number.isFinite(Number(id));
  return { ...item, [name]: numeric ? exactInteger(Number(id), id) : id };
}

/** Where a new item's id has to be valid, too. */
export interface ItemPath {
  /** The parameter's name. */
  readonly parameter: string;
  /** The parameter's schema; undefined where no operation on an item is documented. */
  readonly schema: ContractSchema | undefined;
}

/**
 * A new item: what was sent, and what only the server knows (ids, dates) as the contract shows it. Where an example
 * does not go together with what was sent, another one is taken, and at last one as it stands.
 */
export function createItem(
  body: JsonObject,
  draft: Draft,
  path: ItemPath,
  taken: TakenIds,
  operation: Operation,
): JsonObject {
  const { schema } = draft;
  const sendable = requestProperties(operation);
  const sent = withoutWriteOnly(body, operation);
  const accepts = (item: JsonObject) => !schema || validatorOf(schema).accepts(visible(item, schema));
  const shown = [draft.value, ...draft.examples, schema && staticValue(schema)].filter(isObject);
  const serverMade = (sample: JsonObject) =>
    Object.fromEntries(Object.entries(sample).filter(([name]) => !sendable.has(name)));
  const [first = {}] = shown;
  if (shown.length === 0) shown.push(first);
  const item =
    [
      ...shown.map((sample) => ({ ...serverMade(sample), ...sent })),
      ...shown.map((sample) => ({ ...sample, ...sent })),
    ].find(accepts) ?? (accepts(first) ? first : { ...serverMade(first), ...sent });
  return idOf(body, path.parameter) === undefined ? withNewId(item, draft, path, taken) : item;
}

function withNewId(item: JsonObject, { schema }: Draft, path: ItemPath, taken: TakenIds): JsonObject {
  const described = schema ? propertiesOf(schema) : new Map<string, unknown>();
  const name = idName(described.keys(), path.parameter) ?? ownIdName(item, path.parameter) ?? "id";
  const numbers = [...taken.items.keys(), ...taken.removed].map(Number).filter(Number.isFinite);
  const next = Math.max(0, ...numbers) + 1;
  const isFree = (id: unknown) =>
    id !== undefined && !taken.items.has(String(id)) && !taken.removed.has(String(id));
  const isValid = (id: unknown) => {
    const errors = schema ? validatorOf(schema).errors(visible({ ...item, [name]: id }, schema)) : [];
    const broken = errors.some(({ instancePath }) => instancePath === `/${name}`);
    return !broken && (path.schema === undefined || reads(path.schema, id));
  };
  const isText = typeof item[name] === "string";
  const simple = isText ? [randomUUID(), String(next)] : [next, randomUUID(), String(next)];
  const candidates = [...simple, ...generatedIds(schema, name, next), ...pathIds(path.schema, next)];
  const id = candidates.find((one) => isFree(one) && isValid(one)) ?? candidates.find(isFree) ?? next;
  return { ...item, [name]: id };
}

/** Whether an id can stand in the path: as text, or as the number that the text is. */
function reads(schema: ContractSchema, id: unknown): boolean {
  const values = typeof id === "number" || typeof id === "bigint" ? [id, String(id)] : [id, Number(id)];
  return values.some((value) => validatorOf(schema).accepts(value));
}

function generatedIds(schema: Draft["schema"], name: string, next: number): unknown[] {
  if (!schema) return [];
  return attempts(next, (seed) => {
    const value = dynamicValue(schema, seed);
    return isObject(value) ? value[name] : undefined;
  });
}

function pathIds(schema: ContractSchema | undefined, next: number): unknown[] {
  return schema === undefined ? [] : attempts(next, (seed) => dynamicValue(schema, seed));
}

function attempts(next: number, make: (seed: string) => unknown): unknown[] {
  return Array.from({ length: mostGeneratedIds }, (_, attempt) => make(`${next}/${attempt}`));
}

/** A PUT keeps what the request cannot carry: ids, dates. */
export function replaceItem(current: JsonObject, body: JsonObject, operation: Operation): JsonObject {
  const sendable = requestProperties(operation);
  const kept = Object.entries(current).filter(([name]) => !sendable.has(name));
  return { ...Object.fromEntries(kept), ...withoutWriteOnly(body, operation) };
}

/** JSON Merge Patch (RFC 7396). */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const result: JsonObject = isObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = mergePatch(result[name], value);
  }
  return result;
}
