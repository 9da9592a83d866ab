import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { drawChart } from "./chart.ts";
import { countOperations, halve } from "./large-contract/halve.ts";
import { startMock } from "./mock/servers.ts";
import { report } from "./report.ts";
import { type BenchedServer, start } from "./server.ts";
import { numberSetting } from "./settings.ts";
import { inRounds, median, spread } from "./table.ts";

/** Starts what answers by a document, within milliseconds. */
type Start = (document: string, timeoutMilliseconds: number) => Promise<BenchedServer>;

interface Case {
  readonly name: string;
  readonly start: Start;
  readonly document: { readonly file: string; readonly path: string; readonly operations: number };
}

interface Taken {
  readonly milliseconds: number;
  readonly megabytes: number;
}

/**
 * Prints how long the mocks and the bridge take to the first answer on a large contract, and on half of it, and the
 * memory until then. `node bench/large-contract.ts <document>` names another one, in JSON.
 */

const rounds = numberSetting("ROUNDS", 3);
const limit = numberSetting("LIMIT", 60);
const contracts = createRequire(new URL("../scripts/contracts/package.json", import.meta.url));
const [file = contracts.resolve("@octokit/openapi/generated/api.github.com.json")] = process.argv.slice(2);
const folder = await mkdtemp(join(tmpdir(), "large-"));
const whole = JSON.parse(await readFile(file, "utf8"));
const half = halve(whole);
await writeFile(join(folder, "half.json"), JSON.stringify(half));
await writeFile(join(folder, "whole.json"), JSON.stringify(whole));
const documents = await Promise.all(
  Object.entries({ whole, half }).map(async ([name, document]) => ({
    file: join(folder, `${name}.json`),
    path: Object.keys(document.paths).find((each) => !each.includes("{")) ?? "/",
    operations: countOperations(document),
  })),
);
const starts: Readonly<Record<string, Start>> = {
  "mock, ours": (document, timeoutMilliseconds) => startMock("ours", document, timeoutMilliseconds),
  "bridge, lenient": (document, timeoutMilliseconds) =>
    start(["bench/bridge/lenient.ts", document], {}, { timeoutMilliseconds }),
  "mock, Prism": (document, timeoutMilliseconds) => startMock("Prism", document, timeoutMilliseconds),
};
const cases = Object.entries(starts).flatMap(([name, startOne]) =>
  documents.map(
    (document): Case => ({
      name: `${name}, ${document.operations} operations`,
      start: startOne,
      document,
    }),
  ),
);
const tooSlow = new Set<string>();
const taken = await inRounds(rounds, cases, async (each) => {
  const taken = tooSlow.has(each.name) ? undefined : await firstAnswer(each);
  if (taken === undefined) tooSlow.add(each.name);
  return taken ?? { milliseconds: Number.NaN, megabytes: Number.NaN };
});
await rm(folder, { recursive: true });

const milliseconds = (name: string) => (taken.get(name) ?? []).map((each) => each.milliseconds);
const size = ((await stat(file)).size / 1e6).toFixed(1);
const answered = cases.map(({ name }) => name).filter((name) => !tooSlow.has(name));
await report({
  name: "large-contract",
  how: `${basename(file)} (${size} MB), median of ${rounds} starts each, in turns; – is no answer within ${limit} s`,
  rows: cases.map(({ name, document }) => ({
    "": name,
    "ms per operation": median(
      milliseconds(name).map((each) => each / document.operations),
      2,
    ),
    "first answer ms": median(milliseconds(name), 0),
    "least–most": tooSlow.has(name) ? "–" : spread(milliseconds(name)),
    "peak memory MB": median(
      (taken.get(name) ?? []).map(({ megabytes }) => megabytes),
      0,
    ),
  })),
  charts: {
    "large-contract": drawChart("Milliseconds from exec to the first answer, a large contract", answered, {
      ms: answered.map((name) => median(milliseconds(name))),
    }),
  },
});

/** @returns undefined where none came within `limit` seconds */
async function firstAnswer({ name, start, document }: Case): Promise<Taken | undefined> {
  let server: BenchedServer | undefined;
  try {
    server = await start(document.file, limit * 1_000);
    const left = Math.ceil(limit * 1_000 - server.elapsedMilliseconds());
    await (await fetch(server.origin + document.path, { signal: AbortSignal.timeout(left) })).text();
    const milliseconds = server.elapsedMilliseconds();
    return { milliseconds, megabytes: (await server.memoryMegabytes())?.peak ?? Number.NaN };
  } catch (error) {
    process.stderr.write(`${name}: ${error}\n`);
    return undefined;
  } finally {
    await server?.stop();
  }
}
