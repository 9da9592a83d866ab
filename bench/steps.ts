import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { startBenchedApi } from "./api.ts";
import { drawFlame } from "./flame.ts";
import { connections, load } from "./load.ts";
import { type Row, report } from "./report.ts";
import { numberSetting } from "./settings.ts";
import { readStacks, type Stack } from "./steps/stacks.ts";
import { profileStart } from "./steps/start.ts";
import { type Step, stepOf, steps } from "./steps/step.ts";

/**
 * Prints what each step of a create and of a list costs, from CPU profiles of the server's threads under load, and what
 * a start does; and draws them as flame graphs.
 */

const seconds = numberSetting("SECONDS", 10);
const interval = numberSetting("INTERVAL", 250);

const folder = await mkdtemp(join(tmpdir(), "profiles-"));
const file = join(folder, "profiles.json");
const bench = await startBenchedApi({
  databaseUrl: process.env.BENCH_DATABASE_URL,
  nodeArgs: ["--import", "./bench/steps/profiler.ts"],
  env: { PROFILE_FILE: file, PROFILE_INTERVAL: String(interval) },
});

const nameOf = (frames: Stack["frames"]) => stepOf(frames, "the rest of HTTP");
for (const [kind, { request, expected }] of Object.entries({
  create: { request: () => bench.create(), expected: 201 },
  list: { request: bench.list, expected: 200 },
})) {
  const run = (length: number) => load(bench.api, request, expected, length);
  // Until its code is compiled a server shows nothing.
  await run(3);
  const plain = await run(seconds);
  const begun = await bench.api.processorSeconds();
  bench.api.signal("SIGUSR2");
  const profiled = await run(seconds);
  const threads = await readProfiles();
  const requests = Math.round(profiled.requestsPerSecond * seconds);
  const processor = (((await bench.api.processorSeconds()) ?? Number.NaN) - (begun ?? Number.NaN)) * 1e6;
  await report({
    name: `steps-${kind}`,
    how: `microseconds of each of ${requests.toLocaleString("en")} requests, ${connections} connections, a sample every ${interval} µs for ${seconds} s`,
    rows: rowsOf(threads, requests, plain.processorMicroseconds ?? Number.NaN),
    notes: [
      `By the system's count a request took ${Math.round(processor / requests)} µs of processor time in all threads, those of Node.js and V8 too, and ${plain.processorMicroseconds?.toFixed(0)} µs unprofiled. What the sqlite-writer thread waits for the disk counts as commit.`,
    ],
    charts: { [`flame-${kind}`]: drawFlame(`Where the time of a ${kind} goes`, threads, steps, nameOf) },
  });
}
await bench.stop();
await profileStart(bench, folder);
await rm(folder, { recursive: true });

/** The stacks of each thread, by its name. */
async function readProfiles(): Promise<Readonly<Record<string, readonly Stack[]>>> {
  bench.api.signal("SIGUSR2");
  while (!existsSync(file)) await setTimeout(50);
  const profiles: Record<string, Parameters<typeof readStacks>[0]> = JSON.parse(await readFile(file, "utf8"));
  await rm(file);
  return Object.fromEntries(
    Object.entries(profiles).map(([name, profile]) => [
      `${name.replace(/^\[.*\] /, "")} thread`,
      readStacks(profile),
    ]),
  );
}

function rowsOf(threads: Readonly<Record<string, readonly Stack[]>>, requests: number, unprofiled: number) {
  const names = Object.keys(threads);
  const each = Object.values(threads).map((stacks, index) =>
    sumBySteps(stacks, index === 0 ? "the rest of HTTP" : "store"),
  );
  const total = each.flatMap((sums) => [...sums.values()]).reduce((sum, one) => sum + one, 0);
  const microseconds = (spent = 0) => (spent / requests).toFixed(1);
  const row = (name: string, spent: readonly number[]): Row => {
    const all = spent.reduce((sum, one) => sum + one, 0);
    return {
      "": name,
      share: `${((100 * all) / total).toFixed(1)} %`,
      "of the µs without a profile": ((unprofiled * all) / total).toFixed(1),
      ...Object.fromEntries(names.map((thread, index) => [thread, microseconds(spent[index])])),
      together: microseconds(all),
    };
  };
  return [
    ...steps.map((step) =>
      row(
        step,
        each.map((sums) => sums.get(step) ?? 0),
      ),
    ),
    row(
      "**all**",
      each.map((sums) => [...sums.values()].reduce((sum, one) => sum + one, 0)),
    ),
  ];
}

function sumBySteps(stacks: readonly Stack[], otherwise: Step): ReadonlyMap<Step, number> {
  const sums = new Map<Step, number>();
  for (const { frames, microseconds } of stacks) {
    const step = stepOf(frames, otherwise);
    sums.set(step, (sums.get(step) ?? 0) + microseconds);
  }
  return sums;
}
