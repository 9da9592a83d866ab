import { drawChart } from "./chart.ts";
import { authenticationMethodTypes, createRequest } from "./create-requests.ts";
import { connections, load } from "./load.ts";
import { report } from "./report.ts";
import { type BenchedServer, start } from "./server.ts";
import { numberSetting } from "./settings.ts";
import { inRounds, loadRows, median, rates } from "./table.ts";

/** Prints what the contract alone costs, without token, rules and store: on our bridge, and on what others have. */

const rounds = numberSetting("ROUNDS", 5);
const seconds = numberSetting("SECONDS", 3);

const headers = { "content-type": "application/json", authorization: "Bearer token" };
const path = "/api/v2/users/auth0%7Cada/authentication-methods";
let serial = 0;
const create = () => {
  const n = serial++;
  const type = authenticationMethodTypes[n % authenticationMethodTypes.length] ?? "phone";
  return { method: "POST", path, headers, body: JSON.stringify(createRequest[type](n)) } as const;
};
const list = () => ({ method: "GET", path: `${path}?page=0&per_page=50`, headers }) as const;

const scripts = {
  glue: "bench/bridge/glue.ts",
  bridge: "bench/bridge/ours.ts",
  "bare Fastify route": "bench/bare.ts",
  "Fastify and Ajv by hand": "bench/peers/fastify-ajv.mjs",
  "Express and openapi-backend": "bench/peers/openapi-backend.mjs",
  "Express and express-openapi-validator": "bench/peers/express-openapi-validator.mjs",
};
const servers = new Map<string, BenchedServer>();
for (const [name, script] of Object.entries(scripts)) servers.set(name, await start([script]));

for (const [kind, { request, expected, names }] of Object.entries({
  create: { request: create, expected: 201, names: [...servers.keys()] },
  list: { request: list, expected: 200, names: ["glue", "bridge"] },
})) {
  const cases = names.flatMap((name) => {
    const server = servers.get(name);
    return server === undefined ? [] : [{ name, server }];
  });
  const take = (server: BenchedServer, length: number) => load(server, request, expected, length);
  // Until its code is compiled a server shows nothing.
  for (const { server } of cases) await take(server, 2);
  const samples = await inRounds(rounds, cases, ({ server }) => take(server, seconds));
  await report({
    name: `bridge-${kind}`,
    how: `a ${kind}, ${connections} connections, median of ${rounds} rounds of ${seconds} s, in turns`,
    rows: loadRows(samples, "glue", "bridge"),
    versions: {
      "package.json": ["fastify", "fastify-openapi-glue"],
      "bench/peers/package.json": ["express", "openapi-backend", "express-openapi-validator"],
    },
    charts: {
      [`bridge-${kind}`]: drawChart(`Requests per second, the contract alone, ${kind}`, names, {
        "requests/s": names.map((name) => median(rates(samples.get(name) ?? []))),
      }),
    },
  });
}
await Promise.all([...servers.values()].map((server) => server.stop()));
