import { expect, onTestFinished, test } from "vitest";
import { type ConformanceOptions, checkConformance } from "../../../toolkit/conformance/index.ts";
import { document, type FaultName, faults, startShop, token } from "./shop.ts";

const tokens = [
  token("ada", "read", "write"),
  token("ada", "read"),
  token("ada", "write"),
  token("grace", "read", "write"),
];

async function check(planted: readonly FaultName[], options: ConformanceOptions = {}) {
  const shop = await startShop(...planted);
  onTestFinished(() => shop.close());
  return {
    shop,
    ...(await checkConformance(document, shop.url, { tokens, runs: 2, maxTime: 250, ...options })),
  };
}

test("nothing is found on a server that does what its contract says", async () => {
  const { findings, warnings, requests } = await check([], { runs: 50, maxTime: 5_000 });
  expect(findings.map(({ check: name, message, operations }) => ({ name, message, operations }))).toEqual([]);
  expect(warnings).toEqual([]);
  expect(requests).toBeGreaterThan(200);
});

test.each(Object.entries(faults) as [FaultName, string][])("%s: %s tells", async (fault, expected) => {
  const { findings } = await check([fault]);
  expect(findings.map(({ check: name }) => name)).toContain(expected);
});
