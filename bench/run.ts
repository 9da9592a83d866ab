import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type autocannon from "autocannon";
import packageJson from "../package.json" with { type: "json" };
import {
  type AuthenticationMethodType,
  authenticationMethodTypes,
  createRequest,
} from "./create-requests.ts";
import { connections, load, type Sample } from "./load.ts";
import { type BenchedServer, start } from "./server.ts";
import { median, printTable } from "./table.ts";

/** Prints the table of bench/README.md: the API beside a bare Fastify route, in one alternating run. */

const rounds = Number(process.env.ROUNDS ?? 5);
const secondsPerRound = Number(process.env.SECONDS ?? 3);

interface Case {
  readonly name: string;
  readonly server: "bare" | "plain" | "api";
  readonly expected: number;
  readonly request: () => autocannon.Request;
}

const folder = await mkdtemp(join(tmpdir(), "bench-"));
const env = {
  NODE_ENV: "",
  PORT: "0",
  DATABASE_URL: process.env.BENCH_DATABASE_URL ?? `sqlite:${join(folder, "bench.sqlite")}`,
  UNKNOWN_USERS: "accept",
  RATE_LIMIT: "1000000000/1",
};
/** What `npm start` runs. */
const [, ...command] = packageJson.scripts.start.split(" ");
const bare = await start(["bench/bare.ts"]);
const api = await start(command, env);
const isOnPostgres = env.DATABASE_URL.startsWith("postgres");
const plain = isOnPostgres ? await start(["bench/plain-pg.ts"], env) : bare;
const servers: Readonly<Record<Case["server"], BenchedServer>> = { bare, plain, api };
const token = await sign();
const poorToken = await sign("read:users");

let serial = 0;
const json = { "content-type": "application/json" };
const authorized = { authorization: `Bearer ${token}` };
const user = "auth0%7Cbench-reader";
const methods = (id: string) => `/api/v2/users/${id}/authentication-methods`;

/** Each for a user of its own, and each of the types in turn. */
function create(
  headers: Record<string, string>,
  types: readonly AuthenticationMethodType[] = authenticationMethodTypes,
): autocannon.Request {
  const n = serial++;
  const type = types[n % types.length] as AuthenticationMethodType;
  return {
    method: "POST",
    path: methods(`auth0%7C${n}`),
    headers: { ...json, ...headers },
    body: JSON.stringify(createRequest[type](n)),
  };
}

const firstMethod = await prepareReader();
const get = (path: string) => () => ({ method: "GET", path, headers: authorized }) as const;

const cases: readonly Case[] = [
  { name: "bare Fastify route", server: "bare", expected: 201, request: () => create(authorized) },
  ...(isOnPostgres
    ? [
        {
          name: "one plain pg insert per request",
          server: "plain" as const,
          expected: 201,
          request: () => create(authorized),
        },
      ]
    : []),
  { name: "create", server: "api", expected: 201, request: () => create(authorized) },
  ...authenticationMethodTypes.map(
    (type): Case => ({
      name: `create, ${type} alone`,
      server: "api",
      expected: 201,
      request: () => create(authorized, [type]),
    }),
  ),
  {
    name: "get",
    server: "api",
    expected: 200,
    request: get(`${methods(user)}/${encodeURIComponent(firstMethod)}`),
  },
  { name: "list (5 methods)", server: "api", expected: 200, request: get(methods(user)) },
  { name: "refused, no token (401)", server: "api", expected: 401, request: () => create({}) },
  {
    name: "refused, no scope (403)",
    server: "api",
    expected: 403,
    request: () => create({ authorization: `Bearer ${poorToken}` }),
  },
  {
    name: "refused, bad body (400)",
    server: "api",
    expected: 400,
    request: () => ({ ...create(authorized), body: '{"type":"email","email":"nobody"}' }),
  },
];

const samples = new Map<string, Sample[]>(cases.map(({ name }) => [name, []]));
const take = ({ server, request, expected }: Case, seconds: number) =>
  load(servers[server], request, expected, seconds);
for (const each of cases.slice(0, 2)) await take(each, 2);
for (let round = 0; round < rounds; round++) {
  for (const each of cases) samples.get(each.name)?.push(await take(each, secondsPerRound));
}
const memory = await api.peakMemoryMegabytes();
await Promise.all([...new Set(Object.values(servers))].map((server) => server.stop()));
const ready = await readyTimes();
await rm(folder, { recursive: true });
process.stdout.write(`${connections} connections, median of ${rounds} rounds of ${secondsPerRound} s\n`);
printTable(samples);
process.stdout.write(`resident memory at most ${memory?.toFixed(0)} MB\n`);
process.stdout.write(`ready after ${median(ready).toFixed(0)} ms (median of ${ready.length})\n`);

async function prepareReader(): Promise<string> {
  const ids: string[] = [];
  for (const [n, type] of authenticationMethodTypes.entries()) {
    const response = await fetch(api.origin + methods(user), {
      method: "POST",
      headers: { ...json, ...authorized },
      body: JSON.stringify(createRequest[type](1e9 + n)),
    });
    ids.push(((await response.json()) as { id: string }).id);
  }
  return ids[0] ?? "";
}

async function sign(scope?: string): Promise<string> {
  const args = ["server/main.ts", "token", ...(scope === undefined ? [] : ["--scope", scope])];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...env } });
  return stdout.trim();
}

async function readyTimes(): Promise<readonly number[]> {
  const times: number[] = [];
  for (let round = 0; round < 7; round++) {
    const server = await start(command, env);
    times.push(server.readyMilliseconds);
    await server.stop();
  }
  return times;
}
