import type { ContractSchema } from "../../openapi/schema.ts";
import type { JsonSchema } from "../../openapi/schema-dialect.ts";
import { RecentlyUsed } from "./recently-used.ts";

const generative = new RecentlyUsed<ContractSchema, JsonSchema>(50, (schema) => schema.toGenerative());

/** The form of a schema that values are made from. */
export function generativeOf(schema: ContractSchema): JsonSchema {
  return generative.get(schema);
}
