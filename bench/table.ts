import type { Sample } from "./load.ts";

/**
 * Prints a row of medians for each name, beside the first as reference.
 *
 * @param ours the name of the row that all are compared with, too
 */
export function printTable(samples: ReadonlyMap<string, readonly Sample[]>, ours: string): void {
  const rate = (taken: readonly Sample[]) => median(taken.map(({ requestsPerSecond }) => requestsPerSecond));
  const rates = (taken: readonly Sample[]) => taken.map(({ requestsPerSecond }) => requestsPerSecond);
  const [reference = []] = samples.values();
  const own = samples.get(ours) ?? [];
  console.table(
    [...samples].map(([name, taken]) => ({
      "": name,
      "requests/s": Math.round(rate(taken)),
      "of bare": (rate(taken) / rate(reference)).toFixed(2),
      "our creates to one": (rate(own) / rate(taken)).toFixed(1),
      spread: `${Math.round(Math.min(...rates(taken)))}–${Math.round(Math.max(...rates(taken)))}`,
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
