import { expect, test } from "vitest";
import contract from "../../generated/openapi.json" with { type: "json" };
import { checkConformance, textReport } from "../../toolkit/conformance/index.ts";
import { hosts } from "../openapi/hosts.ts";
import { isLong } from "./support/scale.ts";

const requests = 100_000;

// The short form is in test/openapi/conformance.test.ts.
test.skipIf(!isLong).each(Object.entries(hosts))(
  "%s does what the contract says for 100,000 requests",
  async (_name, start) => {
    const { url, token } = await start();
    const tokens = [await token(), await token(["read:users"]), await token(["create:users"])];
    const runs = Math.ceil(requests / Object.values(contract.paths).flatMap(Object.keys).length);
    const result = await checkConformance(contract, url, { tokens, runs, maxRequests: 2 * requests });
    expect(result.findings.length, textReport(result)).toBe(0);
    expect(result.requests).toBeGreaterThanOrEqual(requests);
  },
  3_600_000,
);
