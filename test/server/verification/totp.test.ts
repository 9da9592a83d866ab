import { execFile } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { promisify } from "node:util";
import { Secret, TOTP } from "otpauth";
import { expect, test } from "vitest";
import { matchTotp, newTotpSecret, totpUri } from "../../../server/verification/totp.ts";

/** The secret of both RFCs' appendices. */
const rfcSecret = Secret.fromLatin1("12345678901234567890").base32;

/** RFC 4226, appendix D: the codes of counters 0 to 9. */
const rfc4226 = "755224 287082 359152 969429 338314 254676 287922 162583 399871 520489".split(" ");

test.each(rfc4226.map((code, counter) => ({ code, counter })))(
  "takes RFC 4226's code of counter $counter in that step",
  ({ code, counter }) => {
    expect(matchTotp(rfcSecret, code, counter * 30_000)).toBe(counter);
  },
);

/** RFC 6238, appendix B: seconds and the last 6 digits of the SHA-1 codes. */
test.each([
  [59, "287082"],
  [1_111_111_109, "081804"],
  [1_111_111_111, "050471"],
  [1_234_567_890, "005924"],
  [2_000_000_000, "279037"],
  [20_000_000_000, "353130"],
])("takes RFC 6238's code of second %d", (seconds, code) => {
  expect(matchTotp(rfcSecret, code, seconds * 1000)).toBe(Math.floor(seconds / 30));
});

test("agrees with oathtool on 60 random secrets and times, one step around them and no further", async (context) => {
  const run = promisify(execFile);
  const hasOathtool = await run("oathtool", ["--version"]).then(
    () => true,
    () => false,
  );
  if (!hasOathtool) return context.skip("oathtool is not installed");
  for (let round = 0; round < 60; round += 1) {
    const secret = new Secret({ buffer: Uint8Array.from(randomBytes(randomInt(10, 65))).buffer }).base32;
    const seconds = randomInt(100_000, 4_000_000_000);
    const at = (step: number) =>
      new Date((seconds + step * 30) * 1000).toISOString().replace("T", " ").slice(0, 19);
    for (const step of [-2, -1, 0, 1, 2]) {
      const { stdout } = await run("oathtool", ["--totp", "--base32", `--now=${at(step)} UTC`, secret]);
      const matched = matchTotp(secret, stdout.trim(), seconds * 1000);
      const present = Math.floor(seconds / 30);
      expect({ secret, seconds, step, matched }).toEqual({
        secret,
        seconds,
        step,
        matched: Math.abs(step) <= 1 ? present + step : undefined,
      });
    }
  }
});

test("takes a secret with or without padding", () => {
  const bare = "JBSWY3DPEHPK3PXPJBSWY3DPEA";
  const now = 1_700_000_010_000;
  const code = TOTP.generate({ secret: Secret.fromBase32(bare), timestamp: now });
  expect(matchTotp(bare, code, now)).toBe(Math.floor(now / 30_000));
  expect(matchTotp(`${bare}======`, code, now)).toBe(Math.floor(now / 30_000));
});

test("makes secrets of 160 bits, each another, and URIs that authenticator apps read", () => {
  const secret = newTotpSecret();
  expect(secret).toMatch(/^[A-Z2-7]{32}$/);
  expect(newTotpSecret()).not.toBe(secret);
  const uri = new URL(totpUri("Example & Sons", "ada@example.com", secret));
  expect(uri.protocol).toBe("otpauth:");
  expect(decodeURIComponent(uri.pathname)).toMatch(/Example & Sons:ada@example\.com$/);
  expect(Object.fromEntries(uri.searchParams)).toMatchObject({
    secret,
    issuer: "Example & Sons",
    digits: "6",
    period: "30",
  });
});
