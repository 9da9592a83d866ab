import { arrayAt, isObject, type JsonObject, objectAt } from "../../openapi/json.ts";
import { valueAt } from "../../openapi/reference.ts";
import type { ContractSchema } from "../../openapi/schema.ts";

const known = new WeakMap<ContractSchema, ReadonlySet<string>>();

/** The names of the properties that tell which of a schema's alternatives a value is: each branch pins its own. */
export function tagsOf(schema: ContractSchema | undefined): ReadonlySet<string> {
  if (!schema) return new Set();
  let tags = known.get(schema);
  if (!tags) {
    tags = new Set(pinnedNames(schema.generative));
    known.set(schema, tags);
  }
  return tags;
}

function* pinnedNames(root: unknown): Generator<string> {
  const pending: { node: unknown; inBranch: boolean }[] = [{ node: root, inBranch: false }];
  const seen = new Set<unknown>();
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { node, inBranch } = next;
    if (!isObject(node) || seen.has(node)) continue;
    seen.add(node);
    const push = (children: readonly unknown[], branch: boolean) =>
      pending.push(...children.map((child) => ({ node: child, inBranch: branch })));
    if (typeof node.$ref === "string") push([valueAt(root, node.$ref)], inBranch);
    push([...arrayAt(node, "allOf"), node.items], inBranch);
    push([...arrayAt(node, "oneOf"), ...arrayAt(node, "anyOf")], true);
    if (!inBranch) continue;
    for (const [name, property] of Object.entries(objectAt(node, "properties")))
      if (isObject(property) && pins(property, root)) yield name;
  }
}

function pins(property: JsonObject, root: unknown): boolean {
  const target = typeof property.$ref === "string" ? valueAt(root, property.$ref) : property;
  return isObject(target) && (target.const !== undefined || arrayAt(target, "enum").length === 1);
}
