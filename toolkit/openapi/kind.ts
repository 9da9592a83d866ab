import { isObject } from "./json.ts";

/** What stands at a place of a document: an OpenAPI or schema object, a map of named ones, or a value. */
export type Kind = "object" | "map" | "data";

const dataKeys = new Set(["default", "const", "example", "value", "dataValue"]);
const dataListKeys = new Set(["enum", "examples"]);
const mapKeys = new Set([
  ...["properties", "patternProperties", "dependentSchemas", "$defs", "definitions"],
  ...[
    "schemas",
    "responses",
    "parameters",
    "examples",
    "requestBodies",
    "headers",
    "securitySchemes",
    "links",
  ],
  ...["callbacks", "pathItems", "mediaTypes", "paths", "webhooks", "content", "encoding", "variables"],
  ...["additionalOperations"],
]);

/** The kind of a member of what is no list. */
export function kindOf(parent: Kind, key: string, value: unknown): Kind {
  if (parent === "map") return "object";
  if (dataKeys.has(key)) return "data";
  return mapKeys.has(key) && isObject(value) ? "map" : "object";
}

/** Whether a list under this key is one of values. */
export function isDataList(key: string): boolean {
  return dataListKeys.has(key);
}

/** Whether what stands under this key is a value. */
export function isData(key: string): boolean {
  return dataKeys.has(key);
}
