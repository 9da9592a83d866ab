import { setTimeout } from "node:timers/promises";
import { startBenchedApi } from "./api.ts";
import { drawChart } from "./chart.ts";
import { connections, load } from "./load.ts";
import { report } from "./report.ts";
import { numberSetting } from "./settings.ts";

/** Prints the server's resident memory: idle, under load, after many requests, after many tokens and users. */

const requests = numberSetting("REQUESTS", 1_000_000);
const tokens = numberSetting("TOKENS", 100_000);
const seconds = numberSetting("SECONDS", 10);
const parts = 5;
const tokensAtOnce = 1_000;

const databaseUrl = process.env.BENCH_DATABASE_URL;
// Once before: stripping types, where no compile cache has the sources yet, takes memory that stays.
await (await startBenchedApi({ databaseUrl })).stop();
const bench = await startBenchedApi({ databaseUrl });
const { api } = bench;
const rows: { readonly "": string; readonly "now MB": number; readonly "at most so far MB": number }[] = [];

await setTimeout(5_000);
await look("idle, after the start");
await load(api, () => bench.create(), 201, seconds);
await look(`creates from ${connections} connections, ${seconds} s`);
await load(api, bench.list, 200, seconds);
await look(`lists from ${connections} connections, ${seconds} s`);
await load(api, () => bench.create(), 201, seconds, { connections: 256 });
await look(`creates from 256 connections, ${seconds} s`);
const amount = Math.ceil(requests / parts / 2);
for (let part = 1; part <= parts; part += 1) {
  await load(api, () => bench.create(), 201, { amount });
  await load(api, bench.list, 200, { amount });
  await look(`after ${(part * amount * 2).toLocaleString("en")} further requests`);
}
for (let sent = 0; sent < tokens; sent += tokensAtOnce) {
  const prepared = await prepare(Math.min(tokensAtOnce, tokens - sent), sent);
  let next = 0;
  // The load asks for more than it sends.
  const take = () => prepared[next++ % prepared.length] ?? bench.create();
  await load(api, take, 201, { amount: prepared.length });
}
await look(`after ${tokens.toLocaleString("en")} further users, each with a token of its own`);
await setTimeout(10_000);
await look("idle again, after 10 s");
await bench.stop();
await report({
  name: "memory",
  how: "resident memory of the server, one run",
  rows,
  versions: { "package.json": ["fastify"] },
  charts: {
    memory: drawChart(
      "Resident memory in MB",
      rows.map((row) => row[""]),
      {
        MB: rows.map((row) => row["now MB"]),
      },
    ),
  },
});

async function look(when: string): Promise<void> {
  const { now = Number.NaN, peak = Number.NaN } = (await api.memoryMegabytes()) ?? {};
  rows.push({ "": when, "now MB": Math.round(now), "at most so far MB": Math.round(peak) });
}

function prepare(count: number, first: number) {
  const signed = Array.from({ length: count }, (_, index) =>
    bench.sign("create:authentication_methods", `bench-${first + index}`),
  );
  return Promise.all(signed.map(async (token) => bench.createAs(await token)));
}
