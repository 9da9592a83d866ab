import type autocannon from "autocannon";
import { Authenticator } from "../test/server/verification/authenticator.ts";
import { startBenchedApi } from "./api.ts";
import { drawChart } from "./chart.ts";
import { connections, load, type Sample } from "./load.ts";
import { report } from "./report.ts";
import { numberSetting } from "./settings.ts";
import { costs, inRounds, median, rates, ratio, spread } from "./table.ts";
import { type Case, verificationCases } from "./verification/cases.ts";
import { measureCryptography } from "./verification/cryptography.ts";

/** Prints what a verification costs the server, beside a create of the same run, and the cryptography alone. */

const rounds = numberSetting("ROUNDS", 5);
const perRound = numberSetting("REQUESTS", 1_000);
const bench = await startBenchedApi({ databaseUrl: process.env.BENCH_DATABASE_URL });
const authenticator = new Authenticator();
authenticator.userHandle = "AAAA";
const cases = await verificationCases(bench, authenticator);
for (const each of cases) await measure(each);
const samples = await inRounds(rounds, cases, measure);
await bench.stop();
const cryptography = await measureCryptography(authenticator);

const [creates = []] = samples.values();
await report({
  name: "verification",
  how: `${connections} connections, median of ${rounds} rounds of ${perRound} requests, in turns; what is not cryptography is to be at most a create`,
  rows: [...samples].map(([name, taken]) => {
    const alone = cryptography[name] ?? 0;
    const own = median(costs(taken)) - alone;
    return {
      "": name,
      "processor, of a create": ratio(costs(taken), costs(creates)),
      "without cryptography, of a create": (own / median(costs(creates))).toFixed(2),
      "processor µs": median(costs(taken), 0),
      "least–most": spread(costs(taken)),
      "cryptography alone µs": alone === 0 ? "" : Math.round(alone),
      "requests/s": median(rates(taken), 0),
    };
  }),
  charts: {
    verification: drawChart("Processor microseconds of a request", [...samples.keys()], {
      µs: [...samples.values()].map((taken) => median(costs(taken))),
    }),
  },
});

async function measure({ expected, prepare }: Case): Promise<Sample> {
  // Each connection asks for one more than it sends.
  const requests = await prepare(perRound + connections);
  const take = () => requests.pop() as autocannon.Request;
  return load(bench.api, take, expected, { amount: perRound });
}
