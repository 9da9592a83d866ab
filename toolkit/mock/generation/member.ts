import { arrayAt, type JsonObject, objectAt } from "../../openapi/json.ts";
import { schemasForName } from "./merge.ts";

/** The schema of a member or an item; `false` where the schema allows none. */
export function memberSchema(schema: JsonObject, name: string, isItem: boolean): unknown {
  if (isItem) {
    const first = arrayAt(schema, "prefixItems");
    return first[Number(name)] ?? schema.items ?? schema.unevaluatedItems ?? true;
  }
  const properties = objectAt(schema, "properties");
  if (Object.hasOwn(properties, name)) return properties[name];
  const matching = schemasForName(schema, name);
  if (matching.length > 0) return { allOf: matching };
  return schema.additionalProperties ?? schema.unevaluatedProperties ?? true;
}
