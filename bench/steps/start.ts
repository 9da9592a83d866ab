import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type BenchedApi, startCommand } from "../api.ts";
import { drawFlame } from "../flame.ts";
import { report } from "../report.ts";
import { start } from "../server.ts";
import { readStacks } from "./stacks.ts";
import { ownerOf } from "./step.ts";

const shown = 15;

/**
 * Prints whose code a start spends its time in until it listens, and draws it.
 *
 * @param bench has been stopped
 * @param folder for the profile
 */
export async function profileStart({ env }: BenchedApi, folder: string): Promise<void> {
  // Once before, so that no compile cache is cold; a database that is not there is made.
  const options = { ...env, DATABASE_URL: `sqlite:${join(folder, "start.sqlite")}` };
  await (await start(startCommand, options)).stop();
  const server = await start(
    ["--cpu-prof", "--cpu-prof-interval=100", `--cpu-prof-dir=${folder}`, ...startCommand],
    options,
  );
  const { readyMilliseconds } = server;
  await server.stop();
  const name = (await readdir(folder)).find((each) => each.endsWith(".cpuprofile"));
  if (name === undefined) throw new Error("the start left no profile");
  const stacks = readStacks(JSON.parse(await readFile(join(folder, name), "utf8")));
  const spent = new Map<string, number>();
  for (const { frames, microseconds } of stacks) {
    const owner = ownerOf(frames);
    spent.set(owner, (spent.get(owner) ?? 0) + microseconds);
  }
  const sorted = [...spent].sort(([, a], [, b]) => b - a);
  const rest = sorted.slice(shown).reduce((sum, [, microseconds]) => sum + microseconds, 0);
  const total = [...spent.values()].reduce((sum, microseconds) => sum + microseconds, 0);
  await report({
    name: "steps-start",
    how: `milliseconds of the thread that serves, from its start to its end, by whose code it ran; profiled, it listened after ${readyMilliseconds.toFixed(0)} ms`,
    rows: [...sorted.slice(0, shown), ["what is left", rest] as const, ["**all**", total] as const].map(
      ([owner, microseconds]) => ({
        "": owner,
        share: `${((100 * microseconds) / total).toFixed(1)} %`,
        ms: Number((microseconds / 1_000).toFixed(1)),
      }),
    ),
    charts: {
      "flame-start": drawFlame(
        "Where the time of a start goes",
        { "serving thread": stacks },
        sorted.slice(0, shown).map(([owner]) => owner),
        ownerOf,
      ),
    },
  });
}
