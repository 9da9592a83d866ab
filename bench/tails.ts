import { statSync } from "node:fs";
import { join } from "node:path";
import { startBenchedApi } from "./api.ts";
import { drawChart } from "./chart.ts";
import { atConstantRate, type Latencies } from "./constant-rate.ts";
import { measureSyncs } from "./disk.ts";
import { report } from "./report.ts";
import { numberSetting, numbersSetting } from "./settings.ts";
import { inRounds, median, spread } from "./table.ts";

/**
 * Prints what creates and lists wait at a constant rate, beside a bare Fastify route: the tails of latency, which a
 * load that waits for its answers cannot show.
 */

const rounds = numberSetting("ROUNDS", 3);
const seconds = numberSetting("SECONDS", 10);
const rates = numbersSetting("RATES", [1_000, 3_000]);
const beside = numbersSetting("BESIDE", [500, 2_000]);
const listRate = numberSetting("LISTS", 1_000);

const bench = await startBenchedApi();
const { api, bare, create, list } = bench;

interface Case {
  readonly name: string;
  /** What came to which row. */
  run(): Promise<Readonly<Record<string, Latencies>>>;
}

const creates = (perSecond: number) => atConstantRate(api, create, { perSecond, seconds, expected: 201 });
const lists = () => atConstantRate(api, list, { perSecond: listRate, seconds, expected: 200 });
const bareRoute = (perSecond: number) => atConstantRate(bare, create, { perSecond, seconds, expected: 201 });

const alone = `list at ${listRate}/s, alone`;
const cases: readonly Case[] = [
  ...rates.flatMap((rate): Case[] =>
    Object.entries({ "bare route": bareRoute, create: creates }).map(([name, run]) => ({
      name: `${name} at ${rate}/s`,
      run: async () => ({ [`${name} at ${rate}/s`]: await run(rate) }),
    })),
  ),
  { name: alone, run: async () => ({ [alone]: await lists() }) },
  ...beside.map((rate): Case => {
    const name = `list at ${listRate}/s beside ${rate} creates/s`;
    return {
      name,
      async run() {
        const [list, create] = await Promise.all([lists(), creates(rate)]);
        return { [name]: list, [`create at ${rate}/s beside ${listRate} lists/s`]: create };
      },
    };
  }),
];

const { median: sync, largest: slowestSync } = measureSyncs(bench.folder);
await creates(500);
const taken = new Map<string, Latencies[]>();
for (const parts of (await inRounds(rounds, cases, ({ run }) => run())).values())
  for (const [name, latencies] of parts.flatMap((part) => Object.entries(part)))
    taken.set(name, [...(taken.get(name) ?? []), latencies]);
const logMegabytes = statSync(join(bench.folder, "bench.sqlite-wal")).size / 1e6;
await bench.stop();

const all = (name: string, key: keyof Latencies) => (taken.get(name) ?? []).map((sample) => sample[key]);
await report({
  name: "tails",
  how: `milliseconds from when a request was due, median of ${rounds} rounds of ${seconds} s, in turns`,
  rows: [...taken.keys()].map((name) => {
    const reference = name.startsWith("list") ? alone : name.replace(/^create (at \d+\/s)$/, "bare route $1");
    const ofReference = median(all(name, "p99")) / median(all(reference, "p99"));
    return {
      "": name,
      "p99 of bare's, of lists alone": / beside .* lists/.test(name) ? "" : ofReference.toFixed(2),
      p50: median(all(name, "p50"), 1),
      p99: median(all(name, "p99"), 1),
      "p99 least–most": spread(all(name, "p99"), 1),
      "p99.9": median(all(name, "p999"), 1),
      "p99.9 least–most": spread(all(name, "p999"), 1),
      largest: Number(Math.max(...all(name, "largest")).toFixed(1)),
    };
  }),
  notes: [
    `One \`fdatasync\` of 4 kB on that disk takes ${sync.toFixed(2)} ms (median of 200; at most ${slowestSync.toFixed(1)}). SQLite's log came to ${logMegabytes.toFixed(1)} MB.`,
  ],
  charts: {
    tails: drawChart("Milliseconds from when a request was due", [...taken.keys()], {
      p99: [...taken.keys()].map((name) => median(all(name, "p99"))),
      "p99.9": [...taken.keys()].map((name) => median(all(name, "p999"))),
    }),
  },
});
