import { describe, expect, test } from "vitest";
import { strictlyIncreasingClock } from "../../../server/store/clock.ts";

describe("strictlyIncreasingClock", () => {
  test("gives microseconds since the UNIX epoch", () => {
    const before = Date.now() * 1000;
    const now = strictlyIncreasingClock()();
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(Date.now() * 1000);
  });

  test("increases while the time stands still and when it is set back", () => {
    const times = [1000, 1000, 1000, 999, 5, 1001, 1002];
    const clock = strictlyIncreasingClock(() => times.shift() ?? 0);
    expect(Array.from({ length: 7 }, clock)).toEqual([
      1_000_000, 1_000_001, 1_000_002, 1_000_003, 1_000_004, 1_001_000, 1_002_000,
    ]);
  });

  test("returns to the time where it was far ahead", () => {
    const inTwentyYears = 2_400_000_000_000;
    const times = [1_700_000_000_000, inTwentyYears, inTwentyYears, 1_700_000_060_000, 1_700_000_060_000];
    const clock = strictlyIncreasingClock(() => times.shift() ?? 0);
    expect(Array.from({ length: 5 }, clock).slice(3)).toEqual([1_700_000_060_000_000, 1_700_000_060_000_001]);
  });
});
