import type { JsonObject } from "../../openapi/json.ts";

/** Sets an own property whatever its name: `__proto__` is one in JSON. */
export function define(target: JsonObject, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: true, writable: true, configurable: true });
}
