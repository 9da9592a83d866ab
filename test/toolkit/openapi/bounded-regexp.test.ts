import { describe, expect, test, vi } from "vitest";
import { BoundedRegExp } from "../../../toolkit/openapi/bounded-regexp.ts";

const evil = [
  ...["^(a+)+$", "^(a|aa)+$", "^(a|a)*$", "^(([a-z])+.)+[A-Z]([a-z])+$", "^(a?){40}a{40}$", "(a+)\\1+$"],
  ...["a+a+a+a+a+a+$", "^(?:a*)*b", "^(?<name>a+)+$", "^((a+)b?)+$", `^${"a?".repeat(40)}${"a".repeat(40)}$`],
];

describe("a pattern that a text could keep busy for hours", () => {
  test.each(evil)("%s gives up, and does not match", (pattern) => {
    const expression = new BoundedRegExp(pattern, "u");
    expect(expression.test(`${"a".repeat(38)}!`)).toBe(false);
    expect(expression.test(`${"a".repeat(5_000)}!`)).toBe(false);
  });

  test("gives up on a long text that it only takes the square of the length for", () => {
    expect(new BoundedRegExp("[a-z]+$", "u").test(`${"a".repeat(1_000_000)}!`)).toBe(false);
  });

  test("gives up once for all in one turn, and is whole in the next", async () => {
    const expression = new BoundedRegExp("^(a+)+$", "u");
    for (let text = 0; text < 10_000; text += 1) expression.test(`${"a".repeat(40)}!`);
    expect(expression.test("a".repeat(40))).toBe(false);
    // On a busy machine a match may wait for the processor until it is given up.
    await vi.waitUntil(() => expression.test("a".repeat(40)));
  });
});

test("every other pattern matches as it always did", () => {
  const patterns = [
    "^[a-z]+@[a-z]+\\.[a-z]{2,}$",
    "^(?:[a-f\\d]{2}:){5}[a-f\\d]{2}$",
    "(?<=x)y",
    "^\\p{L}+$",
    "[(]+",
    "\\(a\\)+",
  ];
  const texts = ["ada@example.com", "aa:bb:cc:dd:ee:ff", "xy", "Ünï", "((", "(a)", "", "a".repeat(2_000)];
  for (const pattern of patterns)
    for (const text of texts)
      expect(new BoundedRegExp(pattern, "u").test(text), `${pattern} ${text}`).toBe(
        new RegExp(pattern, "u").test(text),
      );
});
