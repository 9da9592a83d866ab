import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { ContractSchema, JsonObject } from "../openapi/index.ts";

const ajv = new Ajv2020({
  strict: false,
  logger: false,
  validateSchema: false,
  addUsedSchema: false,
  allErrors: false,
});
addFormats.default(ajv);

const whole = new WeakMap<ContractSchema, ValidateFunction>();
const single = new WeakMap<JsonObject, Map<string, ValidateFunction>>();

function compile(schema: ContractSchema["json"]): ValidateFunction {
  try {
    return ajv.compile(schema);
  } catch {
    return ajv.compile(true);
  }
}

export function accepts(schema: ContractSchema, value: unknown): boolean {
  const validate = whole.get(schema) ?? compile(schema.json);
  whole.set(schema, validate);
  return validate(value) === true;
}

/** Whether a value breaks one keyword of a schema, whatever the others say. */
export function breaks(schema: JsonObject, keyword: string, value: unknown): boolean {
  if (schema[keyword] === undefined || value === undefined) return false;
  const known = single.get(schema) ?? new Map<string, ValidateFunction>();
  single.set(schema, known);
  const validate = known.get(keyword) ?? compile({ [keyword]: schema[keyword] });
  known.set(keyword, validate);
  // A format that nobody here knows is told by the server alone: the pattern beside it stands for it.
  if (keyword === "format" && !(String(schema.format) in ajv.formats))
    return schema.pattern === undefined || breaks(schema, "pattern", value);
  return validate(value) !== true;
}

/** What a text stands for where a number or a boolean is wanted. */
export function readText(text: string, schema: JsonObject): unknown {
  const types = [schema.type].flat();
  if ((types.includes("integer") || types.includes("number")) && /^-?\d+(?:\.\d+)?$/.test(text))
    return Number(text);
  if (types.includes("boolean") && (text === "true" || text === "false")) return text === "true";
  return text;
}
