import { drawChart } from "./chart.ts";
import { type CalledClient, makeClients } from "./client/clients.ts";
import { measureSizes } from "./client/sizes.ts";
import { report } from "./report.ts";
import { start } from "./server.ts";
import { numberSetting } from "./settings.ts";
import { inRounds, median, ratio, spread } from "./table.ts";

/** Prints how many calls our client makes in a second beside others, against a bare local server, and their sizes. */

const rounds = numberSetting("ROUNDS", 7);
const seconds = numberSetting("SECONDS", 2);
const concurrency = numberSetting("CONCURRENCY", 16);

interface Calls {
  readonly perSecond: number;
  /** Processor time of one call in this process. */
  readonly microseconds: number;
}

const server = await start(["bench/client/server.ts"]);
const clients = await makeClients(server.origin);
const kinds = ["list", "create"] as const;
const rows = [];
const chart: Record<string, readonly number[]> = {};
for (const kind of kinds) {
  const take = (client: CalledClient, length: number) => measure(() => client[kind](), length);
  // Until its code is compiled a client shows nothing.
  for (const client of clients) await take(client, 1);
  const samples = await inRounds(rounds, clients, (client) => take(client, seconds));
  const rates = (name: string) => (samples.get(name) ?? []).map(({ perSecond }) => perSecond);
  const costs = (name: string) => (samples.get(name) ?? []).map(({ microseconds }) => microseconds);
  const [reference = ""] = samples.keys();
  for (const name of samples.keys())
    rows.push({
      "": `${kind}, ${name}`,
      "of plain fetch": ratio(rates(name), rates(reference)),
      "by processor time": ratio(costs(reference), costs(name)),
      "calls/s": median(rates(name), 0),
      "least–most": spread(rates(name)),
      "processor µs": median(costs(name), 0),
    });
  chart[kind] = [...samples.keys()].map((name) => median(rates(name)) / median(rates(reference)));
}
await server.stop();
const names = clients.map(({ name }) => name);
const versions = { "package.json": ["openapi-fetch", "auth0"], "bench/peers/package.json": ["ky"] };
await report({
  name: "client",
  how: `${concurrency} calls at a time, median of ${rounds} rounds of ${seconds} s, in turns`,
  rows,
  versions,
  charts: { client: drawChart("Calls per second, of plain fetch", names, chart) },
});

const sizes = await measureSizes();
await report({
  name: "client-size",
  how: "bytes of each client in a bundle, minified, compressed by gzip at level 9",
  rows: sizes.map(({ name, ...size }) => ({ "": name, ...size })),
  versions: { ...versions, "package.json": ["esbuild", "rollup", "rolldown", ...versions["package.json"]] },
});

async function measure(call: () => Promise<unknown>, length: number): Promise<Calls> {
  const before = process.cpuUsage();
  const begun = performance.now();
  let calls = 0;
  const worker = async () => {
    for (; performance.now() < begun + length * 1_000; calls += 1) await call();
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  const { user, system } = process.cpuUsage(before);
  return { perSecond: (calls * 1_000) / (performance.now() - begun), microseconds: (user + system) / calls };
}
