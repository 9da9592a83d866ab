import type { Sample } from "./load.ts";
import type { Row } from "./report.ts";

/**
 * A row of medians for each name, ratios first.
 *
 * @param reference what the first row is called for short
 * @param ours the name of the row that all are compared with, too
 */
export function loadRows(
  samples: ReadonlyMap<string, readonly Sample[]>,
  reference: string,
  ours: string,
): readonly Row[] {
  const [first = []] = samples.values();
  return [...samples].map(([name, taken]) => ({
    "": name,
    [`of ${reference}`]: ratio(rates(taken), rates(first)),
    "by processor time": ratio(costs(first), costs(taken)),
    "ours to one": ratio(rates(samples.get(ours) ?? []), rates(taken)),
    "requests/s": median(rates(taken), 0),
    "least–most": spread(rates(taken)),
    "processor µs": median(costs(taken), 0),
    "p50 ms": median(taken.map(({ p50 }) => p50)),
    "p99 ms": median(taken.map(({ p99 }) => p99)),
  }));
}

export function rates(samples: readonly Sample[]): readonly number[] {
  return samples.map(({ requestsPerSecond }) => requestsPerSecond);
}

/** Processor time of a request in each sample, in microseconds; none where the system does not tell. */
export function costs(samples: readonly Sample[]): readonly number[] {
  return samples.flatMap(({ processorMicroseconds }) => processorMicroseconds ?? []);
}

/** Of the medians. */
export function ratio(values: readonly number[], reference: readonly number[]): string {
  return (median(values) / median(reference)).toFixed(2);
}

/** The smallest and the largest of the values. */
export function spread(values: readonly number[], digits = 0): string {
  const written = (value: number) => Number(value.toFixed(digits)).toLocaleString("en");
  return `${written(Math.min(...values))}–${written(Math.max(...values))}`;
}

/**
 * NaN of no values.
 *
 * @param digits behind the point @default all
 */
export function median(values: readonly number[], digits?: number): number {
  const middle = values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
  return digits === undefined ? middle : Number(middle.toFixed(digits));
}

/** What `take` gives for each case, one round after the other so that all meet the same machine. */
export async function inRounds<Case extends { readonly name: string }, Result>(
  rounds: number,
  cases: readonly Case[],
  take: (each: Case) => Promise<Result>,
): Promise<ReadonlyMap<string, readonly Result[]>> {
  const taken = new Map<string, Result[]>(cases.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1)
    for (const each of cases) taken.get(each.name)?.push(await take(each));
  return taken;
}
