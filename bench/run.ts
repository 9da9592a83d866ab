import { existsSync } from "node:fs";
import { join } from "node:path";
import { startBenchedApi } from "./api.ts";
import { writeChart } from "./chart.ts";
import { authenticationMethodTypes } from "./create-requests.ts";
import { connections, load, type Sample } from "./load.ts";
import { type BenchedServer, start } from "./server.ts";
import { median, printTable } from "./table.ts";

/** Prints the tables of bench/README.md: the API beside a bare Fastify route and its peers, in one alternating run. */

const rounds = Number(process.env.ROUNDS ?? 5);
const secondsPerRound = Number(process.env.SECONDS ?? 3);

interface Case {
  readonly name: string;
  readonly server: BenchedServer;
  readonly expected: number;
  readonly request: Parameters<typeof load>[1];
}

const databaseUrl = process.env.BENCH_DATABASE_URL;
const bench = await startBenchedApi(databaseUrl);
const { api, bare, create, createAs, get, list } = bench;
const poorToken = await bench.sign("read:users");

/** The same API as teams write it, with one commit for each request (`npm ci --prefix bench/peers`). */
const peerNames = {
  "Fastify and Ajv by hand": "fastify-ajv",
  "Express and express-openapi-validator": "express-openapi-validator",
  "Express and openapi-backend": "openapi-backend",
  "NestJS and Ajv": "nest",
};
const peers =
  databaseUrl === undefined && existsSync("bench/peers/node_modules")
    ? await Promise.all(
        Object.entries(peerNames).map(async ([name, script]): Promise<[string, BenchedServer]> => {
          const file = join(bench.folder, `${script}.sqlite`);
          return [name, await start([`bench/peers/${script}.mjs`], { ...bench.env, DATABASE_FILE: file })];
        }),
      )
    : [];
const plain = databaseUrl === undefined ? [] : [await start(["bench/plain-pg.ts"], bench.env)];

const cases: readonly Case[] = [
  { name: "bare Fastify route", server: bare, expected: 201, request: () => create() },
  ...plain.map(
    (server): Case => ({
      name: "one plain pg insert per request",
      server,
      expected: 201,
      request: () => create(),
    }),
  ),
  { name: "create", server: api, expected: 201, request: () => create() },
  ...peers.map(([name, server]): Case => ({ name, server, expected: 201, request: () => create() })),
  ...authenticationMethodTypes.map(
    (type): Case => ({
      name: `create, ${type} alone`,
      server: api,
      expected: 201,
      request: () => create([type]),
    }),
  ),
  { name: "get", server: api, expected: 200, request: get },
  { name: "list (5 methods)", server: api, expected: 200, request: list },
  { name: "refused, no token (401)", server: api, expected: 401, request: () => createAs(undefined) },
  { name: "refused, no scope (403)", server: api, expected: 403, request: () => createAs(poorToken) },
  {
    name: "refused, bad body (400)",
    server: api,
    expected: 400,
    request: () => ({ ...create(), body: '{"type":"email","email":"nobody"}' }),
  },
];

const samples = new Map<string, Sample[]>(cases.map(({ name }) => [name, []]));
const take = ({ server, request, expected }: Case, seconds: number) =>
  load(server, request, expected, seconds);
for (const each of cases.slice(0, 2 + plain.length + peers.length)) await take(each, 2);
for (let round = 0; round < rounds; round++) {
  for (const each of cases) samples.get(each.name)?.push(await take(each, secondsPerRound));
}
const memory = await api.peakMemoryMegabytes();
await Promise.all([...peers.map(([, server]) => server), ...plain].map((server) => server.stop()));
const ready = await readyTimes();
await bench.stop();
process.stdout.write(`${connections} connections, median of ${rounds} rounds of ${secondsPerRound} s\n`);
printTable(samples, "create");
const rateOf = (taken: readonly Sample[]) => median(taken.map(({ requestsPerSecond }) => requestsPerSecond));
await writeChart(
  databaseUrl === undefined ? "requests" : "requests-postgres",
  `Requests per second, ${connections} connections`,
  [...samples.keys()],
  { "requests/s": [...samples.values()].map(rateOf) },
);
process.stdout.write(`resident memory at most ${memory?.toFixed(0)} MB\n`);
process.stdout.write(`ready after ${median(ready).toFixed(0)} ms (median of ${ready.length})\n`);

async function readyTimes(): Promise<readonly number[]> {
  const times: number[] = [];
  for (let round = 0; round < 7; round++) {
    const server = await start(bench.command, bench.env);
    times.push(server.readyMilliseconds);
    await server.stop();
  }
  return times;
}
