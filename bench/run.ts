import { existsSync } from "node:fs";
import { join } from "node:path";
import { startBenchedApi } from "./api.ts";
import { drawChart } from "./chart.ts";
import { authenticationMethodTypes } from "./create-requests.ts";
import { connections, load } from "./load.ts";
import { report } from "./report.ts";
import { type BenchedServer, start } from "./server.ts";
import { numberSetting } from "./settings.ts";
import { inRounds, loadRows, median, rates } from "./table.ts";

/** Prints the tables of bench/README.md: the API beside a bare Fastify route and its peers, in one alternating run. */

const rounds = numberSetting("ROUNDS", 5);
const secondsPerRound = numberSetting("SECONDS", 3);

interface Case {
  readonly name: string;
  readonly server: BenchedServer;
  readonly expected: number;
  readonly request: Parameters<typeof load>[1];
}

const databaseUrl = process.env.BENCH_DATABASE_URL;
const bench = await startBenchedApi({ databaseUrl });
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

const take = ({ server, request, expected }: Case, seconds: number) =>
  load(server, request, expected, seconds);
// Until its code is compiled a server shows nothing.
for (const each of cases.slice(0, 2 + plain.length + peers.length)) await take(each, 2);
const samples = await inRounds(rounds, cases, (each) => take(each, secondsPerRound));
const memory = await api.memoryMegabytes();
await Promise.all([...peers.map(([, server]) => server), ...plain].map((server) => server.stop()));
await bench.stop();
const name = databaseUrl === undefined ? "requests" : "requests-postgres";
await report({
  name,
  how: `${connections} connections, median of ${rounds} rounds of ${secondsPerRound} s, in turns`,
  rows: loadRows(samples, "bare", "create"),
  notes: [`Resident memory at most ${memory?.peak.toFixed(0)} MB.`],
  versions: {
    "package.json": ["fastify", "fastify-openapi-glue"],
    ...(peers.length > 0 && {
      "bench/peers/package.json": ["express", "express-openapi-validator", "openapi-backend", "@nestjs/core"],
    }),
  },
  charts: {
    [name]: drawChart(`Requests per second, ${connections} connections`, [...samples.keys()], {
      "requests/s": [...samples.values()].map((taken) => median(rates(taken))),
    }),
  },
});
