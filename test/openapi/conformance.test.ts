import { expect, test } from "vitest";
import contract from "../../generated/openapi.json" with { type: "json" };
import { checkConformance, textReport } from "../../toolkit/conformance/index.ts";
import { hosts } from "./hosts.ts";

test.each(Object.entries(hosts))(
  "%s does what the contract says, and nothing else",
  async (_name, start) => {
    const { url, token } = await start();
    const tokens = [await token(), await token(["read:users"]), await token(["create:users"])];
    const result = await checkConformance(contract, url, { tokens, runs: 3, maxTime: 20_000 });
    expect(result.findings.length, textReport(result)).toBe(0);
    expect(result.requests).toBeGreaterThan(500);
  },
  240_000,
);
