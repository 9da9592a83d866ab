import { arrayAt, isObject, type JsonObject, objectAt } from "../../openapi/json.ts";
import { valueAt } from "../../openapi/reference.ts";
import type { JsonSchema } from "../../openapi/schema-dialect.ts";

/** All that holds for one place of a value. */
export interface Conjunction {
  /** Without references, `allOf`, or alternatives that are decided. */
  readonly parts: readonly JsonObject[];
  /** The references followed on the way here. One that leads back to any of them demands nothing new. */
  readonly followed: ReadonlySet<string>;
  /** Whether some part refuses everything. */
  readonly impossible: boolean;
}

const targets = new WeakMap<JsonObject, Map<string, unknown>>();

/** What a reference leads to, looked up once. */
function target(root: JsonSchema, pointer: string): unknown {
  if (!isObject(root)) return undefined;
  const known = targets.get(root) ?? new Map<string, unknown>();
  if (known.size === 0) targets.set(root, known);
  if (!known.has(pointer)) known.set(pointer, valueAt(root, pointer));
  return known.get(pointer);
}

/** Adds a schema and all it extends to what holds for a place. */
export function conjoin(
  root: JsonSchema,
  schema: unknown,
  { parts, followed, impossible }: Conjunction = { parts: [], followed: new Set(), impossible: false },
): Conjunction {
  const collected = [...parts];
  const seen = new Set(followed);
  let refused = impossible;
  // Iterative: a document may nest deeper than the call stack.
  const pending: unknown[] = [schema];
  while (pending.length > 0) {
    const next = pending.pop();
    if (next === false) refused = true;
    if (!isObject(next)) continue;
    const { $ref, $defs: _definitions, allOf, ...own } = next;
    if (Object.keys(own).length > 0) collected.push(own);
    // Taken from the end, so that parts come in the order they are written in, what extends them last.
    pending.push(...arrayAt({ allOf }, "allOf").toReversed());
    if (typeof $ref === "string" && !seen.has($ref)) {
      seen.add($ref);
      pending.push(target(root, $ref));
    }
  }
  return { parts: collected, followed: seen, impossible: refused };
}

/** Schemas of which one has to be chosen, and all that holds beside them. */
export interface Alternatives {
  readonly branches: readonly unknown[];
  readonly rest: Conjunction;
}

/** The first alternatives among the parts; undefined where all is decided. */
export function alternativesOf(root: JsonSchema, place: Conjunction): Alternatives | undefined {
  for (const [index, part] of place.parts.entries()) {
    const found = branchesOf(part);
    if (!found) continue;
    const [keyword, branches] = found;
    const { [keyword]: _decided, ...own } = part;
    if (keyword === "if") for (const decided of ["then", "else"]) delete own[decided];
    const parts = place.parts.toSpliced(index, 1, own);
    // What a branch extends may list the branch among its alternatives: then that one is the one that holds.
    const itself = branches.filter((branch) => leadsBack(root, branch, place.followed));
    return { branches: itself.length > 0 ? itself : branches, rest: { ...place, parts } };
  }
  return undefined;
}

function branchesOf(part: JsonObject): [keyword: string, branches: unknown[]] | undefined {
  for (const keyword of ["oneOf", "anyOf"]) {
    const branches = arrayAt(part, keyword);
    if (branches.length > 0) return [keyword, branches];
  }
  if (part.if === undefined || (part.then === undefined && part.else === undefined)) return undefined;
  return ["if", [{ allOf: [part.if, part.then ?? true] }, part.else ?? true]];
}

function leadsBack(root: JsonSchema, branch: unknown, followed: ReadonlySet<string>): boolean {
  const seen = new Set<unknown>();
  const pending = [branch];
  while (pending.length > 0) {
    const next = pending.pop();
    if (!isObject(next) || seen.has(next)) continue;
    seen.add(next);
    if (typeof next.$ref === "string") {
      if (followed.has(next.$ref)) return true;
      const referred = target(root, next.$ref);
      // Only through plain references: what a branch extends is shared by all of them as a rule.
      if (isObject(referred) && typeof referred.$ref === "string") pending.push(referred);
    }
    const [first] = arrayAt(next, "allOf");
    if (isTagged(next)) pending.push(first);
  }
  return false;
}

/** A branch of a `oneOf` with the tag that its discriminator gives it. */
function isTagged({ allOf, ...own }: JsonObject): boolean {
  const [, tag, ...more] = arrayAt({ allOf }, "allOf");
  return (
    Object.keys(own).length === 0 &&
    more.length === 0 &&
    isObject(tag) &&
    Object.values(objectAt(tag, "properties")).some((property) => isObject(property) && "const" in property)
  );
}
