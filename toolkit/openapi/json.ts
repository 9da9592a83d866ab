/** A JSON object as it comes out of a parser: nothing is known of its members. */
export type JsonObject = Record<string, unknown>;

/** Whether a value is a JSON object: not null, not an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The member as an object, `{}` where it is missing or something else. */
export function objectAt(parent: JsonObject, name: string): JsonObject {
  const value = parent[name];
  return isObject(value) ? value : {};
}

/** The member as an array, `[]` where it is missing or something else. */
export function arrayAt(parent: JsonObject, name: string): unknown[] {
  const value = parent[name];
  return Array.isArray(value) ? value : [];
}
