import type { JsonObject } from "../../openapi/json.ts";

/** The smallest number a schema allows, or 0 where it names no bound. */
export function sampleNumber(schema: JsonObject, integer: boolean): number {
  const step = typeof schema.multipleOf === "number" && schema.multipleOf > 0 ? schema.multipleOf : undefined;
  const over = typeof schema.exclusiveMinimum === "number" ? schema.exclusiveMinimum : undefined;
  const under = typeof schema.exclusiveMaximum === "number" ? schema.exclusiveMaximum : undefined;
  const least = typeof schema.minimum === "number" ? schema.minimum : undefined;
  const most = typeof schema.maximum === "number" ? schema.maximum : undefined;
  let value = 0;
  if (least !== undefined && (over === undefined || least > over)) value = least;
  else if (over !== undefined) value = above(over, under ?? most, integer);
  else if (under !== undefined) value = integer ? Math.ceil(under) - 1 : under - 1;
  else if (most !== undefined) value = most;
  if (integer && !Number.isInteger(value)) value = Math.ceil(value);
  if (step === undefined) return value;
  const rounded = Math.ceil(value / step) * step;
  if (most !== undefined && rounded > most) return Math.floor(most / step) * step;
  return over !== undefined && rounded <= over ? rounded + step : rounded;
}

function above(limit: number, upper: number | undefined, integer: boolean): number {
  if (integer) return Math.floor(limit) + 1;
  return upper === undefined || limit + 1 < upper ? limit + 1 : (limit + upper) / 2;
}
