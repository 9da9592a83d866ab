import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import { Secret, TOTP } from "otpauth";
import { startBenchedApi } from "./api.ts";
import { drawChart } from "./chart.ts";
import { growTo, sizeOf } from "./grow.ts";
import { load, type Sample } from "./load.ts";
import { report } from "./report.ts";
import { numberSetting, numbersSetting } from "./settings.ts";
import { median, rates as ratesOf, spread } from "./table.ts";

/**
 * Prints what creates, gets, lists and verifications cost as the database grows (`SIZES`, in methods), what it takes on
 * the disk, and how long a backup takes; and draws it.
 */

const rounds = numberSetting("ROUNDS", 3);
const seconds = numberSetting("SECONDS", 3);
const sizes = numbersSetting("SIZES", [1_000, 1_000_000]);
const secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
const verificationsPerRound = 500;

const bench = await startBenchedApi();
const path = join(bench.folder, "bench.sqlite");
const [reader = ""] = /auth0%7Cbench-reader/.exec(bench.list().path ?? "") ?? [];
const template = decodeURIComponent(reader);
const token = await bench.sign("create:authentication_methods verify:authentication_methods");
const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
let verified = 0;

type Name = "create" | "get" | "list" | "verify";
const plurals: Readonly<Record<Name, string>> = {
  create: "creates",
  get: "gets",
  list: "lists",
  verify: "verifications",
};

for (const size of sizes) growTo(path, template, Math.min(size, 1_000) / 5);
await load(bench.api, () => bench.create(), 201, 2);

const table: Record<string, string | number>[] = [];
const rates: Record<Name, number[]> = { create: [], get: [], list: [], verify: [] };
for (const size of sizes) {
  growTo(path, template, size / 5);
  const bytes = sizeOf(path);
  const taken = await measure(size / 5);
  for (const [name, samples] of Object.entries(taken) as [Name, Sample[]][])
    rates[name].push(median(ratesOf(samples)));
  const started = performance.now();
  const backup = join(bench.folder, `backup-${size}.sqlite`);
  execFileSync(process.execPath, ["bin/authentication-methods.js", "backup", backup], {
    env: { ...process.env, ...bench.env },
    stdio: "ignore",
  });
  const backupSeconds = (performance.now() - started) / 1_000;
  const row: Record<string, string | number> = { methods: size };
  for (const [name, of] of Object.entries(rates))
    row[`${plurals[name as Name]}, of the first`] = (
      (of.at(-1) ?? Number.NaN) / (of[0] ?? Number.NaN)
    ).toFixed(2);
  for (const [name, samples] of Object.entries(taken))
    row[`${plurals[name as Name]}/s (least–most)`] =
      `${median(ratesOf(samples), 0).toLocaleString("en")} (${spread(ratesOf(samples))})`;
  row.MB = Math.round(bytes / 1e6);
  row["bytes per method"] = Math.round(bytes / size);
  row["log MB"] = Math.round(statSync(`${path}-wal`).size / 1e6);
  row["backup s"] = backupSeconds.toFixed(1);
  table.push(row);
}
await bench.stop();
await report({
  name: "growth",
  how: `of random users, median of ${rounds} rounds of ${seconds} s each, ${verificationsPerRound} verifications a round`,
  rows: table,
  charts: {
    growth: drawChart(
      "Requests per second as the database grows, of those when it is small",
      sizes.map((size) => `${size.toLocaleString("en")} methods`),
      Object.fromEntries(
        Object.entries(rates).map(([name, of]) => [name, of.map((rate) => rate / (of[0] ?? 1))]),
      ),
    ),
  },
});

async function measure(users: number): Promise<Record<Name, Sample[]>> {
  const samples: Record<Name, Sample[]> = { create: [], get: [], list: [], verify: [] };
  const ofRandomUser = (path: string) =>
    path.replace(reader, `auth0%7Cgrown-${1 + Math.floor(Math.random() * users)}`);
  const random = (request: ReturnType<typeof bench.get>) => ({
    ...request,
    path: ofRandomUser(request.path ?? ""),
  });
  for (let round = 0; round < rounds; round += 1) {
    samples.create.push(await load(bench.api, () => bench.create(), 201, seconds));
    samples.get.push(await load(bench.api, () => random(bench.get()), 200, seconds));
    samples.list.push(await load(bench.api, () => random(bench.list()), 200, seconds));
    const requests = await prepareVerifications();
    // The load asks for more than it sends.
    const next = () => requests.pop() ?? bench.get();
    const amount = requests.length;
    samples.verify.push(await load(bench.api, next, 200, { amount }));
  }
  return samples;
}

/** Requests that are right once, each for a user of its own. */
async function prepareVerifications() {
  const prepared: ReturnType<typeof bench.get>[] = [];
  while (prepared.length < verificationsPerRound)
    prepared.push(...(await Promise.all(Array.from({ length: 50 }, prepareVerification))));
  return prepared;
}

async function prepareVerification() {
  const user = `/api/v2/users/auth0%7Cverified-${verified++}`;
  const response = await fetch(`${bench.api.origin}${user}/authentication-methods`, {
    method: "POST",
    headers,
    body: JSON.stringify({ type: "totp", totp_secret: secret }),
  });
  const { id } = (await response.json()) as { id: string };
  const otp_code = TOTP.generate({ secret: Secret.fromBase32(secret) });
  return {
    method: "POST",
    path: `${user}/authentication-verifications`,
    headers,
    body: JSON.stringify({ type: "totp", authentication_method_id: id, otp_code }),
  } as const;
}
