import { expect, onTestFinished, test } from "vitest";
import { type ConformanceOptions, checkConformance, type Phase } from "../../../toolkit/conformance/index.ts";
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
    ...(await checkConformance(document, shop.url, { tokens, runs: 2, ...options })),
  };
}

test("nothing is found on a server that does what its contract says", async () => {
  const { findings, warnings, requests } = await check([], { runs: 50, maxTime: 5_000 });
  expect(findings.map(({ check: name, message, operations }) => ({ name, message, operations }))).toEqual([]);
  expect(warnings).toEqual([]);
  expect(requests).toBeGreaterThan(200);
});

const plantable = Object.entries<readonly [string, Phase?]>(faults).map(([fault, [expected, phase]]) => ({
  fault: fault as FaultName,
  expected,
  phase,
}));

test.each(plantable)("$fault: $expected tells", async ({ fault, expected, phase }) => {
  const { findings } = await check([fault], {
    ...(phase && { phases: [phase] }),
    ...(fault === "one answer is slow" && { maxTime: 250 }),
  });
  expect(findings.map(({ check: name }) => name)).toContain(expected);
});

test("no phase hides from another what is wrong", async () => {
  const planted = [
    "X-Total is no number",
    "a failure shows its stack",
    "scopes are ignored",
    "401 comes without WWW-Authenticate",
    "format is not checked",
    "the largest price is refused",
    "another method is a 404",
    "a list leaves out what was created",
    "a change is not stored",
    "a second delete is a 400",
    "another user's items are shown",
  ] as const;
  const { findings } = await check(planted);
  const told = new Set(findings.map(({ check: name }) => name));
  expect([...told]).toEqual(expect.arrayContaining(planted.map((fault) => faults[fault][0])));
});
