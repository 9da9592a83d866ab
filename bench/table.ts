import type { Sample } from "./load.ts";

/** Prints a row of medians for each name, beside the first as reference. */
export function printTable(samples: ReadonlyMap<string, readonly Sample[]>): void {
  const rate = (taken: readonly Sample[]) => median(taken.map(({ requestsPerSecond }) => requestsPerSecond));
  const [reference = []] = samples.values();
  console.table(
    [...samples].map(([name, taken]) => ({
      "": name,
      "requests/s": Math.round(rate(taken)),
      "of bare": (rate(taken) / rate(reference)).toFixed(2),
      "processor µs": Math.round(
        median(taken.flatMap(({ processorMicroseconds }) => processorMicroseconds ?? [])),
      ),
      "p50 ms": median(taken.map(({ p50 }) => p50)),
      "p99 ms": median(taken.map(({ p99 }) => p99)),
    })),
  );
}

/** NaN of no values. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
