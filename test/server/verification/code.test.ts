import { createSecretKey, randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { codeOf, isSameCode } from "../../../server/verification/code.ts";

const key = createSecretKey(Buffer.alloc(32, 7));

test("derives the same 6 digits of a challenge each time, and others with another key", () => {
  const codes = Array.from({ length: 100 }, (_, index) => codeOf(key, `challenge-${index}`));
  for (const code of codes) expect(code).toMatch(/^\d{6}$/);
  expect(codes).toEqual(codes.map((_, index) => codeOf(key, `challenge-${index}`)));
  const others = codes.map((_, index) => codeOf(createSecretKey(Buffer.alloc(32, 8)), `challenge-${index}`));
  expect(codes.filter((code, index) => code === others[index]).length).toBeLessThan(3);
});

test("spreads codes evenly over all of them", () => {
  const rounds = 100_000;
  const counts = new Array<number>(100).fill(0);
  for (let round = 0; round < rounds; round += 1) {
    const bin = Math.floor(Number(codeOf(key, randomBytes(16).toString("base64url"))) / 10_000);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const expected = rounds / counts.length;
  const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  // 99 degrees of freedom: beyond 170 once in 100,000 runs.
  expect(chiSquare).toBeLessThan(170);
});

test("compares codes whatever their length", () => {
  expect(isSameCode("123456", "123456")).toBe(true);
  expect(isSameCode("123456", "123457")).toBe(false);
  expect(isSameCode("123456", "12345")).toBe(false);
});
