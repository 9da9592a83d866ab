import { isObject, type JsonObject } from "../openapi/json.ts";
import { fragmentTokens, valueAt } from "../openapi/reference.ts";

/** Everything that is read of a document goes through this: references are followed, what is missing is `{}`. */
export class DocumentReader {
  readonly root: JsonObject;

  constructor(root: JsonObject) {
    this.root = root;
  }

  /** A value as an object, its references followed; members beside a `$ref` win (OpenAPI 3.1.1, section 4.8.23). */
  object(value: unknown): JsonObject {
    let current = value;
    let beside: JsonObject = {};
    for (let step = 0; step < 100 && isObject(current); step++) {
      if (typeof current.$ref !== "string") return { ...current, ...beside };
      const { $ref, ...others } = current;
      beside = { ...others, ...beside };
      current = valueAt(this.root, $ref as string);
    }
    return isObject(current) ? { ...current, ...beside } : beside;
  }

  /** The members of an object, in the document's order. */
  entries(value: unknown): [string, JsonObject][] {
    return Object.entries(this.object(value)).map(([name, each]) => [name, this.object(each)]);
  }

  list(value: unknown): JsonObject[] {
    return Array.isArray(value) ? value.map((each) => this.object(each)) : [];
  }
}

/** The name of the component that a reference leads to. */
export function nameOf(value: unknown): string | undefined {
  if (!isObject(value) || typeof value.$ref !== "string") return undefined;
  return fragmentTokens(value.$ref).at(-1);
}

/** A text member; undefined where it is missing or something else. */
export function text(object: JsonObject, name: string): string | undefined {
  const value = object[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}
