import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import autocannon from "autocannon";

/** Short, so that a run takes about two minutes; raise both for steadier figures. */
const rounds = Number(process.env.ROUNDS ?? 3);
const seconds = Number(process.env.SECONDS ?? 2);
const connectionCount = 64;
const startCount = 5;

const here = fileURLToPath(new URL(".//", import.meta.url));
const require = createRequire(import.meta.url);
const document = `${here}petstore.yaml`;
const prism = require.resolve("@stoplight/prism-cli/dist/index.js");

/** The same document behind three servers, each started as its users start it. */
const servers = [
  { name: "ours", port: 4710, args: [`${here}../../server/main.ts`, "mock", document, "-p", "4710"] },
  { name: "Prism", port: 4711, args: [prism, "mock", document, "-p", "4711"] },
  { name: "Scalar", port: 4712, args: [`${here}scalar.mjs`, document, "4712"] },
];
type Server = (typeof servers)[number];

const json = { "content-type": "application/json" };
const loads = [
  { name: "GET an example", path: "/pets" },
  { name: "GET with a query parameter", path: "/pets?limit=5" },
  { name: "GET a sample of the schema", path: "/pets/1" },
  {
    name: "POST, body validated",
    path: "/pets",
    method: "POST" as const,
    body: '{"name":"Kit","tag":"cat"}',
    headers: json,
  },
];

const median = (values: number[]) =>
  values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const medianOf = (values: Map<string, number[]>) =>
  new Map([...values].map(([name, all]) => [name, median(all)]));

/** Starts a server and resolves with the milliseconds from exec to its first answer. */
async function start({ args, port }: Server): Promise<{ child: ChildProcess; ready: number }> {
  const started = performance.now();
  const child = spawn(process.execPath, args, { stdio: "ignore", cwd: here });
  while (child.exitCode === null) {
    const answered = await fetch(`http://127.0.0.1:${port}/pets`)
      .then((response) => response.ok)
      .catch(() => false);
    if (answered) return { child, ready: performance.now() - started };
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  throw new Error(`${args[0]} ended with code ${child.exitCode}`);
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 2000);
  await ended;
  clearTimeout(timer);
}

async function measureStarts(): Promise<Map<string, number>> {
  const times = new Map(servers.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round < startCount; round++) {
    for (const server of servers) {
      const { child, ready } = await start(server);
      times.get(server.name)?.push(ready);
      await stop(child);
    }
  }
  return medianOf(times);
}

/** The processor time a process has used so far, in microseconds (Linux; NaN elsewhere). */
function processorTime({ pid }: ChildProcess): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(" ");
    return (Number(fields[13]) + Number(fields[14])) * 10_000;
  } catch {
    return Number.NaN;
  }
}

async function measureLoad(
  port: number,
  { path, method, body, headers }: (typeof loads)[number],
): Promise<number> {
  const result = await autocannon({
    url: `http://127.0.0.1:${port}${path}`,
    connections: connectionCount,
    duration: seconds,
    ...(method && { method }),
    ...(body !== undefined && { body }),
    ...(headers && { headers }),
  });
  if (result.non2xx > 0) throw new Error(`${result.non2xx} answers from port ${port} were no success`);
  return result.requests.average;
}

const print = (cells: readonly string[]) => process.stdout.write(`| ${cells.join(" | ")} |\n`);
const columns = servers.map(({ name }) => name);
const compare = (values: Map<string, number>, better: (ours: number, theirs: number) => number) =>
  columns.slice(1).map((name) => `${better(values.get("ours") ?? 0, values.get(name) ?? 0).toFixed(1)} ×`);

print(["", ...columns, ...columns.slice(1).map((name) => `against ${name}`)]);
print(Array.from({ length: columns.length * 2 }, () => "---"));
const starts = await measureStarts();
const milliseconds = columns.map((name) => `${Math.round(starts.get(name) ?? 0)} ms`);
print(["exec to first answer", ...milliseconds, ...compare(starts, (ours, theirs) => theirs / ours)]);

const running = await Promise.all(
  servers.map(async (server) => ({ server, child: (await start(server)).child })),
);
try {
  for (const load of loads) {
    const rates = new Map(columns.map((name) => [name, [] as number[]]));
    const costs = new Map(columns.map((name) => [name, [] as number[]]));
    for (let round = 0; round < rounds; round++) {
      for (const { server, child } of running) {
        const before = processorTime(child);
        const rate = await measureLoad(server.port, load);
        rates.get(server.name)?.push(rate);
        costs.get(server.name)?.push((processorTime(child) - before) / (rate * seconds));
      }
    }
    const medians = medianOf(rates);
    const perSecond = columns.map((name) => `${Math.round(medians.get(name) ?? 0).toLocaleString("en")}/s`);
    print([load.name, ...perSecond, ...compare(medians, (ours, theirs) => ours / theirs)]);
    const processor = medianOf(costs);
    const each = columns.map((name) => `${Math.round(processor.get(name) ?? 0)} µs`);
    print(["· processor time each", ...each, ...compare(processor, (ours, theirs) => theirs / ours)]);
  }
} finally {
  await Promise.all(running.map(({ child }) => stop(child)));
}
