import { startBenchedApi } from "./api.ts";
import { writeChart } from "./chart.ts";
import { atConstantRate, type Latencies } from "./constant-rate.ts";
import { median } from "./table.ts";

/**
 * Prints what creates and lists wait at a constant rate, beside a bare Fastify route: the tails of latency, which a
 * load that waits for its answers cannot show.
 */

const rounds = Number(process.env.ROUNDS ?? 3);
const seconds = Number(process.env.SECONDS ?? 10);

const bench = await startBenchedApi();
const { api, bare, create, list } = bench;

interface Case {
  readonly name: string;
  run(): Promise<Latencies>;
}

const creates = (perSecond: number) => atConstantRate(api, create, { perSecond, seconds, expected: 201 });
const lists = () => atConstantRate(api, list, { perSecond: 1_000, seconds, expected: 200 });

const cases: readonly Case[] = [
  ...[1_000, 3_000].flatMap((perSecond): Case[] => [
    {
      name: `bare route at ${perSecond}/s`,
      run: () => atConstantRate(bare, create, { perSecond, seconds, expected: 201 }),
    },
    { name: `create at ${perSecond}/s`, run: () => creates(perSecond) },
  ]),
  { name: "list at 1000/s, alone", run: lists },
  ...[500, 2_000].map(
    (perSecond): Case => ({
      name: `list at 1000/s beside ${perSecond} creates/s`,
      run: async () => (await Promise.all([lists(), creates(perSecond)]))[0],
    }),
  ),
];

const taken = new Map<string, Latencies[]>(cases.map(({ name }) => [name, []]));
await creates(500);
for (let round = 0; round < rounds; round++)
  for (const { name, run } of cases) taken.get(name)?.push(await run());
await bench.stop();

const middle = (name: keyof Latencies, samples: readonly Latencies[]) =>
  median(samples.map((sample) => sample[name]));
process.stdout.write(
  `median of ${rounds} rounds of ${seconds} s; milliseconds from when a request was due\n`,
);
console.table(
  [...taken].map(([name, samples]) => ({
    "": name,
    p50: middle("p50", samples).toFixed(1),
    p99: middle("p99", samples).toFixed(1),
    "p99.9": middle("p999", samples).toFixed(1),
    largest: middle("largest", samples).toFixed(1),
  })),
);
const all = [...taken.values()];
await writeChart("tails", "Milliseconds from when a request was due", [...taken.keys()], {
  p99: all.map((samples) => middle("p99", samples)),
  "p99.9": all.map((samples) => middle("p999", samples)),
});
