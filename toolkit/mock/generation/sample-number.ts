import type { JsonObject } from "../../openapi/json.ts";
import { noValue } from "./none.ts";

/** How far numbers made by chance reach beyond a bound where there is no other. */
const usualRange = 100;

/**
 * A number that a schema allows: the smallest one, the largest one where only that is bounded, else 0.
 *
 * @param chance makes it any number within the bounds
 * @param variant makes it the one so many steps above the smallest
 * @returns `NONE` where no number is allowed
 */
export function sampleNumber(
  schema: JsonObject,
  integer: boolean,
  chance: (() => number) | undefined,
  variant = 0,
): unknown {
  const given = stepOf(schema, integer);
  const step = given ?? (integer ? 1 : undefined);
  const { least, most } = boundsOf(schema, step);
  if (least !== undefined && most !== undefined && least > most) return noValue;
  const next = variant > 0 ? times(Math.round((least ?? 0) / (step ?? 1)) + variant, step ?? 1) : undefined;
  if (next !== undefined && next <= (most ?? next)) return next;
  if (chance) return byChance(least, most, step, chance);
  return least ?? most ?? 0;
}

function stepOf({ multipleOf }: JsonObject, integer: boolean): number | undefined {
  if (typeof multipleOf !== "number" || !(multipleOf > 0)) return undefined;
  return integer && multipleOf < 1 ? 1 : multipleOf;
}

/** The smallest and the largest number allowed; undefined: no such bound. */
function boundsOf(schema: JsonObject, step: number | undefined) {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  const over = typeof exclusiveMinimum === "number" ? exclusiveMinimum : undefined;
  const under = typeof exclusiveMaximum === "number" ? exclusiveMaximum : undefined;
  const from = typeof minimum === "number" ? minimum : undefined;
  const to = typeof maximum === "number" ? maximum : undefined;
  const exclusiveFrom = over !== undefined && (from === undefined || over >= from);
  const exclusiveTo = under !== undefined && (to === undefined || under <= to);
  const lower = exclusiveFrom ? over : from;
  const upper = exclusiveTo ? under : to;
  if (step !== undefined) {
    return {
      least: lower === undefined ? undefined : nextStep(lower, step, exclusiveFrom),
      most: upper === undefined ? undefined : negated(nextStep(-upper, step, exclusiveTo)),
    };
  }
  const width = lower !== undefined && upper !== undefined ? (upper - lower) / 2 : 1;
  const inset = Math.min(1, width);
  return {
    least: lower === undefined ? undefined : exclusiveFrom ? lower + inset : lower,
    most: upper === undefined ? undefined : exclusiveTo ? upper - inset : upper,
  };
}

function negated(value: number): number {
  return value === 0 ? 0 : -value;
}

/** The first multiple of a step at or above a bound; decimals stay exact: 0.07 is 7 × 0.01. */
function nextStep(bound: number, step: number, exclusive: boolean): number {
  const nearest = Math.round(bound / step);
  const isMultiple = Math.abs(bound / step - nearest) < 1e-9;
  const count = isMultiple ? nearest + (exclusive ? 1 : 0) : Math.ceil(bound / step);
  return times(count, step);
}

function times(count: number, step: number): number {
  const value = count * step;
  return Number.isInteger(step) || Math.abs(value) >= 1e15 ? value : Number(value.toFixed(decimalsOf(step)));
}

function decimalsOf(step: number): number {
  const [mantissa = "", exponent = "0"] = String(step).split("e");
  const decimals = (mantissa.split(".")[1] ?? "").length - Number(exponent);
  return Math.min(100, Math.max(0, decimals));
}

function byChance(
  least: number | undefined,
  most: number | undefined,
  step: number | undefined,
  chance: () => number,
): number {
  const range = usualRange * (step ?? 1);
  const from = least ?? (most === undefined ? 0 : Math.min(0, most - range));
  const to = Math.max(from, Math.min(most ?? Number.POSITIVE_INFINITY, from + Math.max(range, 1)));
  if (step === undefined) {
    const value = from + (to - from) * chance();
    const rounded = Math.round(value * 100) / 100;
    return rounded >= from && rounded <= to ? rounded : value;
  }
  const first = Math.round(from / step);
  const steps = Math.floor((to - from) / step + 1e-9);
  const value = times(first + Math.floor(chance() * (steps + 1)), step);
  return value <= to ? value : from;
}
