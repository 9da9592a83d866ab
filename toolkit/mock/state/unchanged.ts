import { isObject, type JsonObject, objectAt } from "../../openapi/json.ts";
import { valueAt } from "../../openapi/reference.ts";

/** Whether two documents say the same of a collection, its items, and all they refer to. */
export function isUnchanged(
  before: readonly JsonObject[],
  after: readonly JsonObject[],
  template: string,
): boolean {
  const [old, recent] = [before, after].map((roots) =>
    roots.map((root) => description(root, template)).join(),
  );
  return old === recent;
}

function description(root: JsonObject, template: string): string {
  const items = Object.entries(objectAt(root, "paths")).filter(
    ([path]) =>
      path === template || (/^\/\{[^{}]+\}$/.test(path.slice(template.length)) && path.startsWith(template)),
  );
  const parts: string[] = [];
  const seen = new Set<string>();
  const pending: unknown[] = [items];
  while (pending.length > 0) {
    const next = pending.pop();
    parts.push(
      JSON.stringify(next, (_, value: unknown) => {
        if (isObject(value) && typeof value.$ref === "string" && !seen.has(value.$ref)) {
          seen.add(value.$ref);
          pending.push(valueAt(root, value.$ref));
        }
        return typeof value === "bigint" ? String(value) : value;
      }) ?? "",
    );
  }
  return parts.join();
}
