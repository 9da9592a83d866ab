import { isObject } from "./json.ts";

/** RFC 8259 §6: what a number looks like on the wire; neither hexadecimal nor blanks nor Infinity. */
const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * The value that a text stands for where a schema takes these types; the text where it stands for none.
 *
 * @param exact whether an integer that a number would round is a `bigint`, rather than staying text
 */
export function toScalar(text: string, types: ReadonlySet<string>, exact: boolean): unknown {
  if ((types.has("integer") || types.has("number")) && jsonNumber.test(text)) {
    const number = Number(text);
    // Beyond all bounds it is none: JSON has no Infinity.
    if (!Number.isFinite(number)) return text;
    // An integer too large to be told from its neighbour would silently become another one.
    const isSafe = Number.isSafeInteger(number) || (types.has("number") && /[.eE]/.test(text));
    if (!Number.isInteger(number) || isSafe) return number;
    return exact && /^-?\d+$/.test(text) ? BigInt(text) : text;
  }
  if (types.has("boolean") && (text === "true" || text === "false")) return text === "true";
  if (types.has("null") && text === "") return null;
  return text;
}

/** `{0: a, 1: b}` and a single value are how some form encoders write an array. */
export function toArray(value: unknown, takesScalar: boolean): unknown {
  if (Array.isArray(value) || value === undefined || value === null) return value;
  if (typeof value === "string") return takesScalar ? value : [value];
  if (!isObject(value)) return value;
  const keys = Object.keys(value);
  if (keys.length === 0) return [];
  if (!keys.every((key) => /^(?:0|[1-9]\d*)$/.test(key))) return [value];
  return keys.toSorted((a, b) => Number(a) - Number(b)).map((key) => value[key]);
}
