import { BoundedRegExp } from "../../openapi/bounded-regexp.ts";
import type { JsonObject } from "../../openapi/json.ts";
import type { Budget } from "./budget.ts";
import { createChance } from "./chance.ts";
import { patternsKeyword } from "./merge.ts";
import { noValue } from "./none.ts";
import { randomFormat, randomWords, sampleFormat } from "./sample-format.ts";
import { sampleMatching } from "./sample-pattern.ts";

/** How many characters of a filler cost as much as a value. */
const charactersAStep = 16;

/**
 * A string for a schema: of its pattern, of its format, or `"string"` cut or repeated to length.
 *
 * @param name the property's, which a UUID is made from
 * @param chance makes it any such string
 * @param budget pays for what a length or a pattern demands
 * @returns `NONE` where none was found
 */
export function sampleString(
  schema: JsonObject,
  name: string | undefined,
  chance: (() => number) | undefined,
  budget: Budget,
): unknown {
  const least = bound(schema.minLength, 0);
  const most = bound(schema.maxLength, Number.POSITIVE_INFINITY);
  if (least > most) return noValue;
  const format = typeof schema.format === "string" ? schema.format : undefined;
  const fits = (text: string | undefined) =>
    text !== undefined && text.length >= least && text.length <= most;
  const known =
    format === undefined
      ? undefined
      : [chance && randomFormat(format, chance), sampleFormat(format, name)].find(fits);
  const patterns = Array.isArray(schema[patternsKeyword]) ? schema[patternsKeyword].map(String) : [];
  if (patterns.length > 0) {
    const expected = { patterns, least, most };
    if (known !== undefined && matchesAll(known, patterns)) return known;
    return sampleMatching(expected, chance ?? createChance(patterns.join()), budget);
  }
  if (known !== undefined) return known;
  const affordable = budget.spend(Math.ceil(least / charactersAStep)) ? Math.max(least, 6) : 6;
  if (chance) return randomWords(Math.min(least, affordable), most, chance);
  return "string".repeat(Math.ceil(affordable / 6)).slice(0, Math.min(affordable, most));
}

function bound(value: unknown, otherwise: number): number {
  return typeof value === "number" && value >= 0 ? value : otherwise;
}

function matchesAll(text: string, patterns: readonly string[]): boolean {
  return patterns.every((pattern) => {
    try {
      return new BoundedRegExp(pattern, "u").test(text);
    } catch {
      return false;
    }
  });
}
