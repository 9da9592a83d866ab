import { randomUUID } from "node:crypto";
import { isJsonObject, type JsonObject } from "../../openapi/json.ts";
import type { Operation } from "../../openapi/operation.ts";
import { dynamicValue } from "../generation/generation.ts";
import type { Draft } from "../response/response.ts";
import { validatorOf } from "../schema/validator.ts";
import { requestProperties, visible, withoutWriteOnly } from "./visible.ts";

/** The ids that a new item may not have. */
export interface TakenIds {
  readonly items: ReadonlyMap<string, JsonObject>;
  readonly removed: ReadonlySet<string>;
}

const ID_NAMES = ["id", "uuid", "_id", "key", "slug"];
/** Ids generated before one is accepted that the schema may not. */
const MOST_GENERATED_IDS = 20;

/** The member that identifies an item: named like the path parameter, else one of the usual names. */
function idName(item: JsonObject, parameter: string): string | undefined {
  return [parameter, ...ID_NAMES].find((name) => ["string", "number"].includes(typeof item[name]));
}

/** The id of an item as it stands in a path; undefined where it has none. */
export function idOf(item: JsonObject, parameter: string): string | undefined {
  const name = idName(item, parameter);
  return name === undefined ? undefined : String(item[name]);
}

/** The item under the id of its path. */
export function withId(item: JsonObject, parameter: string, id: string): JsonObject {
  const name = idName(item, parameter) ?? "id";
  const numeric = typeof item[name] === "number" && id.trim() !== "" && Number.isFinite(Number(id));
  return { ...item, [name]: numeric ? Number(id) : id };
}

/** A new item: what was sent, and what only the server knows (ids, dates) as the contract shows it. */
export function createItem(
  body: JsonObject,
  draft: Draft,
  parameter: string,
  taken: TakenIds,
  operation: Operation,
): JsonObject {
  const sample = isJsonObject(draft.value) ? draft.value : {};
  const sendable = requestProperties(operation);
  const serverMade = Object.entries(sample).filter(([name]) => !sendable.has(name));
  const sent = withoutWriteOnly(body, operation);
  const merged: JsonObject = { ...Object.fromEntries(serverMade), ...sent };
  const valid = !draft.schema || validatorOf(draft.schema).accepts(visible(merged, draft.schema));
  const item = valid ? merged : { ...sample, ...sent };
  return idOf(body, parameter) === undefined ? withNewId(item, draft, parameter, taken) : item;
}

function withNewId(item: JsonObject, { schema }: Draft, parameter: string, taken: TakenIds): JsonObject {
  const name = idName(item, parameter) ?? "id";
  const numbers = [...taken.items.keys(), ...taken.removed].map(Number).filter(Number.isFinite);
  const next = Math.max(0, ...numbers) + 1;
  const fits = (id: unknown) =>
    id !== undefined &&
    !taken.items.has(String(id)) &&
    !taken.removed.has(String(id)) &&
    (!schema || validatorOf(schema).accepts(visible({ ...item, [name]: id }, schema)));
  const simple = typeof item[name] === "string" ? [randomUUID(), String(next)] : [next];
  const id = simple.find(fits) ?? generatedIds(schema, name, next).find(fits) ?? next;
  return { ...item, [name]: id };
}

function generatedIds(schema: Draft["schema"], name: string, next: number): unknown[] {
  if (!schema) return [];
  return Array.from({ length: MOST_GENERATED_IDS }, (_, attempt) => {
    const value = dynamicValue(schema, `${next}/${attempt}`);
    return isJsonObject(value) ? value[name] : undefined;
  });
}

/** A PUT keeps what the request cannot carry: ids, dates. */
export function replaceItem(current: JsonObject, body: JsonObject, operation: Operation): JsonObject {
  const sendable = requestProperties(operation);
  const kept = Object.entries(current).filter(([name]) => !sendable.has(name));
  return { ...Object.fromEntries(kept), ...withoutWriteOnly(body, operation) };
}

/** JSON Merge Patch (RFC 7396). */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isJsonObject(patch)) return patch;
  const result: JsonObject = isJsonObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = mergePatch(result[name], value);
  }
  return result;
}
