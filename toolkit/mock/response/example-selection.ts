import { isDeepStrictEqual } from "node:util";
import { isJsonObject, type JsonObject } from "../../openapi/json.ts";
import type { Content, Example, Operation } from "../../openapi/operation.ts";

/** What a request says, by name: path and query parameters, and the members of its body. */
export interface RequestValues {
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

/**
 * The example that belongs to a request, where several exist:
 * one named like an example of the request's own parameters or body with these very values,
 * else the one whose members agree with most of the request's values and contradict none.
 */
export function selectExample(
  operation: Operation,
  { examples }: Content,
  request: RequestValues,
): Example | undefined {
  const named = examples.find(({ key }) => isNamedByRequest(operation, key, request));
  if (named) return named;
  const wanted = valuesOf(request);
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

function valuesOf({ path, query, body }: RequestValues): Map<string, unknown> {
  const values = new Map<string, unknown>();
  for (const [name, value] of query) if (!name.startsWith("__")) values.set(normal(name), value);
  if (isJsonObject(body)) for (const [name, value] of Object.entries(body)) values.set(normal(name), value);
  const names = Object.keys(path);
  for (const name of names) values.set(normal(name), path[name]);
  const last = names.at(-1);
  // {petId} and {pet_id} mean the id of what the path ends in.
  if (last !== undefined && /id$/i.test(last)) values.set("id", path[last]);
  return values;
}

function normal(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, "");
}

/** How many values an example shares with the request; 0 as soon as one contradicts. */
function agreement(example: unknown, wanted: ReadonlyMap<string, unknown>): number {
  if (Array.isArray(example)) {
    const scores = example.map((item) => agreement(item, wanted));
    return scores.length === 0 ? 0 : Math.min(...scores);
  }
  if (!isJsonObject(example)) return 0;
  let score = 0;
  for (const [name, value] of Object.entries(example as JsonObject)) {
    const asked = wanted.get(normal(name));
    if (asked === undefined || (typeof value === "object" && value !== null)) continue;
    if (String(value) !== String(asked)) return 0;
    score += 1;
  }
  return score;
}
