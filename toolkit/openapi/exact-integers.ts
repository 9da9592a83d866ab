import { isObject, type JsonObject } from "./json.ts";

/** JSON.parse source text access (ECMA-262 2026), which TypeScript does not know yet. */
declare global {
  interface JSON {
    rawJSON(text: string): unknown;
  }
}
type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

const digitsOnly = /^[-+]?\d+$/;

/** An integer with all its digits: a `bigint` where a number would lose some. */
export function exactInteger(value: unknown, source: string | undefined): unknown {
  const isInexact = typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value);
  return isInexact && source !== undefined && digitsOnly.test(source)
    ? BigInt(source.replace("+", ""))
    : value;
}

/** @throws SyntaxError */
export function parseExactJson(text: string): unknown {
  // Most texts have no such number, and a reviver costs more than the parser.
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  const revive: Reviver = (_, value, { source }) => exactInteger(value, source);
  return JSON.parse(text, revive as (key: string, value: unknown) => unknown);
}

/**
 * Whether well-formed JSON has an integer that a number cannot hold: it would silently become its neighbour (RFC 8259
 * §6). One in a string is text.
 */
export function hasInexactInteger(text: string): boolean {
  if (!/(?:^|[^\d.])-?\d{16,}(?![\d.eE])/.test(text)) return false;
  try {
    return holdsBigInt(parseExactJson(text));
  } catch {
    // Nested so deeply that it cannot be looked through.
    return true;
  }
}

/** JSON with all digits of a `bigint`. */
export function stringifyExact(value: unknown, space?: number): string {
  return JSON.stringify(
    value,
    (_, each: unknown) => (typeof each === "bigint" ? JSON.rawJSON(String(each)) : each),
    space,
  );
}

/** The value with numbers in place of `bigint`s, as JSON Schema's validators want it; itself where it has none. */
export function withNumbers<Value>(value: Value): Value {
  return (holdsBigInt(value) ? replaced(value) : value) as Value;
}

function replaced(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(replaced);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, replaced(each)]));
}

function holdsBigInt(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return typeof value === "bigint";
  if (ArrayBuffer.isView(value)) return false;
  if (Array.isArray(value)) return value.some(holdsBigInt);
  for (const name in value) if (holdsBigInt((value as JsonObject)[name])) return true;
  return false;
}
