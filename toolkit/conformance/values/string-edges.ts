import { isObject } from "../../openapi/index.ts";
import type { Flat } from "./merge.ts";
import { Validator } from "./validator.ts";

/** Notes values that are at, or beyond, what a keyword allows. */
export type AddEdge = (keyword: string, limit: unknown, ...values: unknown[]) => void;

/** The edges of a text: of its length, its pattern and its format, each broken alone where that can be done. */
export function stringEdges(flat: Flat, base: string, at: AddEdge, beyond: AddEdge): void {
  const validator = new Validator(
    Object.fromEntries(Object.entries(flat).filter(([, value]) => !isObject(value) && !Array.isArray(value))),
  );
  const onlyBreaks = (keyword: string, candidates: readonly string[]): string[] => {
    const broken = candidates.map((value) => ({
      value,
      keywords: new Set(validator.errors(value).map((error) => error.keyword)),
    }));
    const breaking = broken.filter(({ keywords }) => keywords.has(keyword));
    const best = breaking.toSorted((a, b) => a.keywords.size - b.keywords.size)[0];
    return best === undefined ? [] : [best.value];
  };
  if (typeof flat.minLength === "number" && flat.minLength > 0) {
    const short = base.slice(0, flat.minLength - 1);
    beyond(
      "minLength",
      flat.minLength,
      ...onlyBreaks("minLength", [short, "a".repeat(flat.minLength - 1), base.slice(0, 1), ""]),
    );
    const exact = [base.slice(0, flat.minLength), base.slice(-flat.minLength)].find((value) =>
      validator.accepts(value),
    );
    if (exact !== undefined) at("minLength", flat.minLength, exact);
  }
  if (typeof flat.maxLength === "number" && flat.maxLength <= 100_000) {
    beyond("maxLength", flat.maxLength, ...onlyBreaks("maxLength", longer(base, flat.maxLength + 1)));
    const exact = longer(base, flat.maxLength).find(
      (value) => value.length === flat.maxLength && validator.accepts(value),
    );
    if (exact !== undefined) at("maxLength", flat.maxLength, exact);
  }
  if (typeof flat.pattern === "string")
    beyond(
      "pattern",
      flat.pattern,
      ...onlyBreaks("pattern", [
        `${base}!`,
        `!${base}`,
        base.replace(/.$/, "!"),
        base.replace(/.$/, "\u0001"),
        `${base}\u0001`,
        `${base} `,
        `${base}\n`,
        "é",
        "",
        " ",
        "\u0001",
      ]),
    );
  if (typeof flat.format === "string")
    beyond(
      "format",
      flat.format,
      ...onlyBreaks("format", [
        `${base} `,
        "not a value",
        `${base}!`,
        "-",
        " ",
        base.replace(/.$/, " "),
        "1",
      ]),
    );
}

/** Strings of a length that may still match their pattern: a part of the base over and over. */
function longer(base: string, length: number): string[] {
  const missing = length - base.length;
  if (missing <= 0) return [base.slice(0, length), "a".repeat(length)];
  const middle = Math.floor(base.length / 2);
  const filled = (at: number, filling: string) =>
    base.slice(0, at) +
    filling.repeat(Math.ceil(missing / Math.max(1, filling.length))).slice(0, missing) +
    base.slice(at);
  const at = base.indexOf("@");
  return [
    ...[base.length, middle, 1, 0].map((index) => filled(index, base[Math.max(0, index - 1)] ?? "a")),
    ...[base.length, middle].map((index) => filled(index, "a")),
    ...(at === -1
      ? []
      : [
          filled(base.length, ".aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
          filled(at + 1, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."),
        ]),
    // A group of a few characters repeated keeps what counts in fours.
    ...[4, 8].map((size) =>
      base
        .slice(0, size)
        .repeat(Math.ceil(length / size))
        .slice(0, Math.ceil(length / size) * size),
    ),
    filled(base.length, ".a"),
    "a".repeat(length),
  ];
}
