import { describe, expect, test } from "vitest";
import { newAuthenticationMethodId } from "../../../server/authentication-methods/id.ts";

describe("newAuthenticationMethodId", () => {
  test.each(["phone", "email", "totp", "webauthn-roaming", "passkey"] as const)(
    "gives an id of a %s",
    (type) => {
      const id = newAuthenticationMethodId(type);
      expect(id.startsWith(`${type}|dev_`)).toBe(true);
      expect(id.slice(type.length + 5)).toMatch(/^[A-Za-z0-9]{16}$/);
    },
  );

  test("gives each of 100,000 ids once, and every character as often as any other", () => {
    const count = 100_000;
    const ids = new Set<string>();
    const occurrences = new Map<string, number>();
    for (let made = 0; made < count; made += 1) {
      const id = newAuthenticationMethodId("totp");
      ids.add(id);
      for (const character of id.slice(-16))
        occurrences.set(character, (occurrences.get(character) ?? 0) + 1);
    }
    expect(ids.size).toBe(count);
    expect(occurrences.size).toBe(62);
    // 25,806 expected of each; the standard deviation is 159, a bias of the modulo would add 5,444.
    const expected = (count * 16) / 62;
    for (const [character, times] of occurrences) {
      expect(Math.abs(times - expected), character).toBeLessThan(8 * Math.sqrt(expected));
    }
  });
});
