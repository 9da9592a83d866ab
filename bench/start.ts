import { join } from "node:path";
import type autocannon from "autocannon";
import { startBenchedApi } from "./api.ts";
import { drawChart } from "./chart.ts";
import { mockNames, mockVersions, startMock } from "./mock/servers.ts";
import { report } from "./report.ts";
import { type BenchedServer, start } from "./server.ts";
import { numberSetting } from "./settings.ts";
import { inRounds, median, spread } from "./table.ts";

/**
 * Prints how long it takes from `exec` to the first answer: of a create by the API and its peers, of an example by the
 * mocks.
 */

const rounds = numberSetting("ROUNDS", 9);
interface Case {
  readonly name: string;
  start(): Promise<BenchedServer>;
  request(): autocannon.Request;
}

const bench = await startBenchedApi();
const create = () => bench.create();
const pets = () => ({ path: "/pets" });
const peers = ["fastify-ajv", "express-openapi-validator", "openapi-backend", "nest"];
const cases: readonly Case[] = [
  { name: "server, ours", start: () => start(bench.command, bench.env), request: create },
  ...peers.map((script) => ({
    name: `server, ${script}`,
    start: () =>
      start([`bench/peers/${script}.mjs`], {
        ...bench.env,
        DATABASE_FILE: join(bench.folder, `${script}.sqlite`),
      }),
    request: create,
  })),
  ...mockNames.map((name) => ({
    name: `mock, ${name}`,
    start: () => startMock(name, "bench/mock/petstore.yaml"),
    request: pets,
  })),
];

// Once before, so that no compile cache is cold.
for (const each of cases) await firstAnswer(each);
const times = await inRounds(rounds, cases, firstAnswer);
await bench.stop();
const own = (name: string) => times.get(name.replace(/,.*/, ", ours")) ?? [];
await report({
  name: "start",
  how: `milliseconds from exec to the first answer (a create, an example), median of ${rounds} starts each, in turns`,
  rows: [...times].map(([name, taken]) => ({
    "": name,
    "times ours": (median(taken) / median(own(name))).toFixed(2),
    ms: median(taken, 0),
    "least–most": spread(taken),
  })),
  versions: {
    ...mockVersions,
    "bench/peers/package.json": [
      "fastify",
      "express",
      "express-openapi-validator",
      "openapi-backend",
      "@nestjs/core",
    ],
  },
  charts: {
    start: drawChart("Milliseconds from exec to the first answer", [...times.keys()], {
      ms: [...times.values()].map((taken) => median(taken)),
    }),
  },
});

async function firstAnswer({ name, start, request }: Case): Promise<number> {
  const { method = "GET", path, headers, body } = request();
  const server = await start();
  const response = await fetch(server.origin + path, {
    method,
    headers: headers as Record<string, string>,
    body: body as string,
  });
  await response.text();
  const elapsed = server.elapsedMilliseconds();
  await server.stop();
  if (!response.ok) throw new Error(`${name} answered ${response.status}`);
  return elapsed;
}
