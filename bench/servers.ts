import { availableParallelism } from "node:os";
import postgres from "postgres";
import { startPostgres } from "../test/support/postgres-server.ts";
import { startBenchedApi } from "./api.ts";
import { drawChart } from "./chart.ts";
import { load } from "./load.ts";
import { postgresSeconds } from "./postgres-processor.ts";
import { report } from "./report.ts";
import { type BenchedServer, start } from "./server.ts";
import { numberSetting } from "./settings.ts";
import { inRounds, median, spread } from "./table.ts";

/**
 * Prints what three servers on one PostgreSQL do beside one, and what the capacity model says they would: as many
 * requests as the cores have time for, a server's at most one core's worth.
 */

const rounds = numberSetting("ROUNDS", 5);
const seconds = numberSetting("SECONDS", 5);
const connections = numberSetting("CONNECTIONS", 96);
const cores = availableParallelism();

/** Of one request, in microseconds of processor time. */
interface Costs {
  readonly client: number;
  readonly server: number;
  readonly postgres: number;
}

interface Measured extends Costs {
  readonly perSecond: number;
  /** How many cores were busy. */
  readonly busy: number;
}

const database = await startPostgres({ max_wal_size: "8GB" });
const sql = postgres(database.url, { max: 1, onnotice: () => {} });
const bench = await startBenchedApi({ databaseUrl: database.url });
const more = [await start(bench.command, bench.env), await start(bench.command, bench.env)];
const kinds = {
  create: { request: () => bench.create(), expected: 201 },
  list: { request: bench.list, expected: 200 },
} as const;
const cases = Object.entries(kinds).flatMap(([kind, each]) =>
  [[bench.api], [bench.api, ...more]].map((servers) => ({
    name: `${kind}, ${servers.length} ${servers.length === 1 ? "server" : "servers"}`,
    servers,
    ...each,
  })),
);
for (const each of cases) await measure(each, 2);
const taken = await inRounds(rounds, cases, (each) => measure(each, seconds));
await sql.end();
await Promise.all([bench.stop(), ...more.map((server) => server.stop())]);
await database.stop();

const middle = (name: string, key: keyof Measured) =>
  median((taken.get(name) ?? []).map((each) => each[key]));
const rows = cases.map(({ name, servers }) => {
  const one = name.replace(/\d+ servers?/, "1 server");
  const costs = {
    client: middle(one, "client"),
    server: middle(one, "server"),
    postgres: middle(one, "postgres"),
  };
  const predicted = predict(costs, servers.length);
  const rate = middle(name, "perSecond");
  return {
    "": name,
    "of one": (rate / middle(one, "perSecond")).toFixed(2),
    "of the model": (rate / predicted.perSecond).toFixed(2),
    "requests/s": Math.round(rate),
    "least–most": spread((taken.get(name) ?? []).map(({ perSecond }) => perSecond)),
    "client µs": Math.round(middle(name, "client")),
    "server µs": Math.round(middle(name, "server")),
    "PostgreSQL µs": Math.round(middle(name, "postgres")),
    "cores busy": Number(middle(name, "busy").toFixed(2)),
    "the model": Math.round(predicted.perSecond),
    "limited by": predicted.limit,
  };
});
await report({
  name: "servers",
  how: `${connections} connections in all, median of ${rounds} rounds of ${seconds} s, in turns; client, servers and PostgreSQL 18.4 share ${cores} cores`,
  rows,
  versions: { "package.json": ["fastify", "postgres"] },
  charts: {
    servers: drawChart(
      "Requests per second on one PostgreSQL",
      rows.map((row) => row[""]),
      {
        measured: rows.map((row) => row["requests/s"]),
        "the model": rows.map((row) => row["the model"]),
      },
    ),
  },
});

/** The capacity model, from what a request costs with one server. */
function predict({ client, server, postgres }: Costs, servers: number) {
  const bounds = {
    // Each has one thread that serves, and so has the client.
    "the client's core": 1e6 / client,
    "the servers' cores": (servers * 1e6) / server,
    "all cores": (cores * 1e6) / (client + server + postgres),
  };
  const [[limit, perSecond] = ["", Number.NaN]] = Object.entries(bounds).sort(([, a], [, b]) => a - b);
  return { limit, perSecond };
}

async function measure(
  { servers, request, expected }: (typeof cases)[number],
  length: number,
): Promise<Measured> {
  const sum = async (of: readonly BenchedServer[]) => {
    const each = await Promise.all(of.map((server) => server.processorSeconds()));
    return each.reduce<number>((all, one) => all + (one ?? Number.NaN), 0);
  };
  const [own, server, ofPostgres] = [
    process.cpuUsage(),
    await sum(servers),
    await postgresSeconds(database.folder, sql),
  ];
  const options = { connections: Math.round(connections / servers.length), staysAwake: false };
  const samples = await Promise.all(servers.map((each) => load(each, request, expected, length, options)));
  const { user, system } = process.cpuUsage(own);
  const perSecond = samples.reduce((all, { requestsPerSecond }) => all + requestsPerSecond, 0);
  const each = (microseconds: number) => microseconds / (perSecond * length);
  const costs = {
    client: each(user + system),
    server: each(((await sum(servers)) - server) * 1e6),
    postgres: each(((await postgresSeconds(database.folder, sql)) - ofPostgres) * 1e6),
  };
  return { ...costs, perSecond, busy: ((costs.client + costs.server + costs.postgres) * perSecond) / 1e6 };
}
