import { arrayAt, isObject, type JsonObject, objectAt } from "./json.ts";
import { valueAt } from "./reference.ts";

/** Whether an object is a Swagger 2.0 document. */
export function isSwagger(root: unknown): root is JsonObject {
  return isObject(root) && /^2/.test(String(root.swagger));
}

/** Makes OpenAPI 3.0 of Swagger 2.0. The document is changed on the way. */
export async function upgradeSwagger(root: JsonObject): Promise<JsonObject> {
  inlineBodies(root);
  const { upgradeFromTwoToThree } = await import("@scalar/openapi-upgrader/2.0-to-3.0");
  return upgradeFromTwoToThree(root as never) as JsonObject;
}

/** What was a parameter in 2.0, body or form field, is a request body in 3.0: a reference to one cannot stay. */
function inlineBodies(root: JsonObject): void {
  for (const item of Object.values(objectAt(root, "paths")).filter(isObject)) {
    for (const holder of [item, ...Object.values(item).filter(isObject)]) {
      const parameters = arrayAt(holder, "parameters");
      for (const [index, parameter] of parameters.entries()) {
        const reference = isObject(parameter) ? parameter.$ref : undefined;
        const target = typeof reference === "string" ? valueAt(root, reference) : undefined;
        if (isObject(target) && ["body", "formData"].includes(String(target.in))) {
          parameters[index] = structuredClone(target);
        }
      }
    }
  }
}
