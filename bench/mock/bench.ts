import { drawChart } from "../chart.ts";
import { connections, load } from "../load.ts";
import { report } from "../report.ts";
import type { BenchedServer } from "../server.ts";
import { numberSetting } from "../settings.ts";
import { costs, inRounds, median, rates, ratio, spread } from "../table.ts";
import { mockNames, mockVersions, startMock } from "./servers.ts";

/** Prints what our mock answers beside others, with one document, in one alternating run. */

const rounds = numberSetting("ROUNDS", 5);
const seconds = numberSetting("SECONDS", 2);

const headers = { "content-type": "application/json" };
const loads = {
  "GET an example": { path: "/pets", expected: 200 },
  "GET with a query parameter": { path: "/pets?limit=5", expected: 200 },
  "GET a sample of the schema": { path: "/pets/1", expected: 200 },
  "POST, body validated": {
    method: "POST",
    path: "/pets",
    body: '{"name":"Kit","tag":"cat"}',
    headers,
    expected: 201,
  },
} as const;

const servers = new Map<string, BenchedServer>();
for (const name of mockNames) servers.set(name, await startMock(name, "bench/mock/petstore.yaml"));
const cases = [...servers].map(([name, server]) => ({ name, server }));
const rows = [];
for (const [kind, { expected, ...request }] of Object.entries(loads)) {
  const take = (server: BenchedServer, length: number) => load(server, () => request, expected, length);
  // Until its code is compiled a server shows nothing.
  for (const { server } of cases) await take(server, 1);
  const samples = await inRounds(rounds, cases, ({ server }) => take(server, seconds));
  const [ours = []] = samples.values();
  for (const [name, taken] of samples)
    rows.push({
      "": `${kind}, ${name}`,
      "ours to one": ratio(rates(ours), rates(taken)),
      "requests/s": median(rates(taken), 0),
      "least–most": spread(rates(taken)),
      "processor, to one of ours": ratio(costs(taken), costs(ours)),
      "processor µs": median(costs(taken), 0),
    });
}
await Promise.all(cases.map(({ server }) => server.stop()));
await report({
  name: "mock",
  how: `${connections} connections, median of ${rounds} rounds of ${seconds} s, in turns, with the logs that they have`,
  rows,
  charts: {
    mock: drawChart(
      "Requests per second of mocks",
      rows.map((row) => row[""]),
      { "requests/s": rows.map((row) => row["requests/s"]) },
    ),
  },
  versions: mockVersions,
});
