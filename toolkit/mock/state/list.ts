import { isObject, type JsonObject } from "../../openapi/json.ts";
import type { Operation } from "../../openapi/operation.ts";
import type { Draft } from "../response/response.ts";
import { visibleItems } from "./visible.ts";

/** The member of an envelope that holds the items: named like the path's end, else the first array. */
function listName(envelope: JsonObject, key: string): string | undefined {
  const plain = (name: string) => name.toLowerCase().replace(/[-_]/g, "");
  const end = plain(key.slice(key.lastIndexOf("/") + 1));
  const arrays = Object.keys(envelope).filter((name) => Array.isArray(envelope[name]));
  return arrays.find((name) => plain(name) === end) ?? arrays[0];
}

/** The items that an answer to a list shows, bare or in an envelope. */
export function itemsIn(value: unknown, key: string): JsonObject[] {
  if (Array.isArray(value)) return value.filter(isObject);
  const name = isObject(value) ? listName(value, key) : undefined;
  return name === undefined ? [] : ((value as JsonObject)[name] as unknown[]).filter(isObject);
}

/** Items as the list shows them: filtered and paged as the query asks, in the envelope of the documented answer. */
export function listOf(
  items: readonly JsonObject[],
  { value: shape, schema }: Draft,
  key: string,
  operation: Operation,
  query: URLSearchParams,
): unknown {
  const filters = operation.parameters.query.map(({ name }) => name);
  const matching = items.filter((item) => filters.every((name) => agrees(item[name], query.getAll(name))));
  const page = paged(matching, operation, query);
  const member = isObject(shape) ? listName(shape, key) : undefined;
  if (!isObject(shape) || member === undefined) return visibleItems(page, schema, undefined);
  const totals = Object.keys(shape).filter((name) => /^(total|count|total_?count|total_?items)$/i.test(name));
  return {
    ...shape,
    ...Object.fromEntries(totals.map((total) => [total, matching.length])),
    [member]: visibleItems(page, schema, member),
  };
}

/** Whether an item passes a filter: a query parameter named like one of its members. */
function agrees(value: unknown, asked: readonly string[]): boolean {
  if (asked.length === 0 || value === undefined || (typeof value === "object" && value !== null)) return true;
  return asked.flatMap((one) => one.split(",")).includes(String(value));
}

function paged(
  items: readonly JsonObject[],
  { parameters }: Operation,
  query: URLSearchParams,
): JsonObject[] {
  const documented = (pattern: RegExp) =>
    parameters.query.find(({ name }) => pattern.test(name) && query.has(name));
  const number = (name: string | undefined) => (name === undefined ? Number.NaN : Number(query.get(name)));
  const limit = number(documented(/^(limit|per_?page|page_?size)$/i)?.name);
  const page = documented(/^page$/i);
  const firstPage =
    isObject(page?.schema?.json) && [page.schema.json.default, page.schema.json.minimum].includes(0) ? 0 : 1;
  const skipped = page
    ? (number(page.name) - firstPage) * limit
    : number(documented(/^(offset|skip|start)$/i)?.name);
  const from = Number.isFinite(skipped) ? skipped : 0;
  return Number.isFinite(limit) ? items.slice(from, from + limit) : items.slice(from);
}
