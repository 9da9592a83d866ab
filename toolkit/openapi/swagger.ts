import { foldedFiles } from "./bundle.ts";
import { isObject, type JsonObject, objectAt } from "./json.ts";
import { valueAt } from "./reference.ts";

/** Whether an object is a Swagger 2.0 document. */
export function isSwagger(root: unknown): root is JsonObject {
  return isObject(root) && /^2/.test(String(root.swagger));
}

/** Makes OpenAPI 3.0 of Swagger 2.0 whose files have been folded in. The document is changed on the way. */
export async function upgradeSwagger(root: JsonObject): Promise<JsonObject> {
  inlineParts(root);
  upgradeSchemas(root[foldedFiles]);
  const { upgradeFromTwoToThree } = await import("@scalar/openapi-upgrader/2.0-to-3.0");
  return upgradeFromTwoToThree(root as never) as JsonObject;
}

/** The schemas of other files: those of the document itself are upgraded with it. */
function upgradeSchemas(files: unknown): void {
  const pending = [files];
  const seen = new Set<unknown>();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    // What an alias repeats is looked at once.
    if (seen.has(next)) continue;
    seen.add(next);
    if (isObject(next)) {
      if (typeof next["x-nullable"] === "boolean") next.nullable = next["x-nullable"];
      if (typeof next.discriminator === "string") next.discriminator = { propertyName: next.discriminator };
    }
    for (const each of Object.values(next as object))
      if (typeof each === "object" && each !== null) pending.push(each);
  }
}

/** Puts into their places the parts that a reference would keep from being upgraded. */
function inlineParts(root: JsonObject): void {
  const copyAll = (holder: unknown, keys: (key: string) => boolean = () => true) => {
    if (typeof holder !== "object" || holder === null) return;
    const parts = holder as JsonObject;
    for (const key of Object.keys(parts).filter(keys)) parts[key] = copied(root, parts[key]);
  };
  for (const map of ["parameters", "responses", "paths"]) copyAll(root[map]);
  for (const item of Object.values(objectAt(root, "paths")).filter(isObject)) {
    copyAll(item, (key) => key !== "parameters");
    for (const holder of [item, ...Object.values(item).filter(isObject)]) {
      copyAll(holder.parameters);
      copyAll(holder.responses);
    }
  }
}

/**
 * A part as it can be upgraded: only what stands in the document itself is, and what was a parameter in 2.0, body or form
 * field, is a request body in 3.0. A reference to another stays one.
 */
function copied(root: JsonObject, part: unknown): unknown {
  let value = part;
  for (let hops = 0; hops < 100; hops += 1) {
    const reference = isObject(value) ? value.$ref : undefined;
    const target = typeof reference === "string" ? valueAt(root, reference) : undefined;
    if (!isObject(target)) break;
    const isForeign = String(reference).startsWith(`#/${foldedFiles}/`);
    const isBody = ["body", "formData"].includes(String(target.in));
    if (!isForeign && !isBody && target.$ref === undefined) break;
    value = structuredClone(target);
  }
  return value;
}
