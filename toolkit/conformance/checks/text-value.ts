import { isObject, type JsonSchema } from "../../openapi/index.ts";
import { Schemas, typesOf } from "../values/merge.ts";

/** What a text stands for, where a schema takes something else than text. */
export function readText(text: string, schema: JsonSchema): unknown {
  const schemas = new Schemas(schema);
  const flat = schemas.flatten(schema) ?? {};
  const types = new Set(schemas.alternatives(flat).flatMap((each) => typesOf(each)));
  if (types.has("string") || types.size === 0) return text;
  if ((types.has("integer") || types.has("number")) && /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(text))
    return Number(text);
  if (types.has("boolean") && (text === "true" || text === "false")) return text === "true";
  if (types.has("null") && text === "") return null;
  if (types.has("array")) {
    const items = isObject(flat.items) ? flat.items : true;
    const root = isObject(schema) && isObject(items) ? { ...items, $defs: schema.$defs } : items;
    return text === "" ? [] : text.split(",").map((each) => readText(each.trim(), root as JsonSchema));
  }
  return text;
}
