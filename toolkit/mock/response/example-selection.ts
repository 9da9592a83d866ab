import { isDeepStrictEqual } from "node:util";
import { isObject, type JsonObject } from "../../openapi/json.ts";
import type { Content, Example, Operation } from "../../openapi/operation.ts";
import { tagsOf } from "./tags.ts";

/** What a request says, by name: path and query parameters, and the members of its body. */
export interface RequestValues {
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

/**
 * The example that belongs to a request, where several exist:
 * one named like an example of the request's own parameters or body with these very values,
 * else the one that has most members as the request has them, what tells its type before all others. One that is of
 * another resource than the path names is none.
 */
export function selectExample(
  operation: Operation,
  { examples, schema }: Content,
  request: RequestValues,
): Example | undefined {
  const named = examples.find(({ key }) => isNamedByRequest(operation, key, request));
  if (named) return named;
  const wanted = { ...valuesOf(request), tags: new Set([...tagsOf(schema)].map(normal)) };
  let best: { readonly example: Example; readonly score: number } | undefined;
  for (const example of examples) {
    const score = agreement(example.value, wanted);
    if (score > (best?.score ?? 0)) best = { example, score };
  }
  return best?.example;
}

function isNamedByRequest(
  { parameters, requestBody }: Operation,
  key: string,
  request: RequestValues,
): boolean {
  const sent = (place: "path" | "query", name: string) =>
    place === "path" ? request.path[name] : (request.query.get(name) ?? undefined);
  let found = false;
  for (const place of ["path", "query"] as const) {
    for (const { name, examples } of parameters[place]) {
      const example = examples.find((one) => one.key === key);
      if (!example) continue;
      if (String(example.value) !== sent(place, name)) return false;
      found = true;
    }
  }
  const bodies = (requestBody?.contents ?? []).flatMap(({ examples }) =>
    examples.filter((one) => one.key === key),
  );
  if (bodies.length > 0) {
    if (!bodies.some(({ value }) => isDeepStrictEqual(value, request.body))) return false;
    found = true;
  }
  return found;
}

interface Wanted {
  readonly values: ReadonlyMap<string, unknown>;
  /** Names of values that the path gives. */
  readonly fixed: ReadonlySet<string>;
  /** Names of members that tell the type. */
  readonly tags: ReadonlySet<string>;
}

function valuesOf({ path, query, body }: RequestValues): Omit<Wanted, "tags"> {
  const values = new Map<string, unknown>();
  for (const [name, value] of query) if (!name.startsWith("__")) values.set(normal(name), value);
  if (isObject(body)) for (const [name, value] of Object.entries(body)) values.set(normal(name), value);
  const names = Object.keys(path);
  for (const name of names) values.set(normal(name), path[name]);
  const last = names.at(-1);
  const fixed = new Set(names.map(normal));
  // {petId} and {pet_id} mean the id of what the path ends in.
  if (last !== undefined && /id$/i.test(last)) {
    values.set("id", path[last]);
    fixed.add("id");
  }
  return { values, fixed };
}

function normal(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, "");
}

/** More than members that are alike by chance can add up to. */
const tag = 1_000;

/** How many values an example shares with the request; 0 as soon as one contradicts the path. */
function agreement(example: unknown, wanted: Wanted): number {
  if (Array.isArray(example)) {
    const scores = example.map((item) => agreement(item, wanted));
    return scores.length === 0 ? 0 : Math.min(...scores);
  }
  if (!isObject(example)) return 0;
  let score = 0;
  for (const [name, value] of Object.entries(example as JsonObject)) {
    const key = normal(name);
    const asked = wanted.values.get(key);
    if (asked === undefined || (typeof value === "object" && value !== null)) continue;
    if (String(value) === String(asked)) score += wanted.tags.has(key) ? tag : 1;
    else if (wanted.fixed.has(key)) return 0;
  }
  return score;
}
