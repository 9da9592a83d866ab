import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { inject } from "vitest";
import type { Exchange } from "../../../toolkit/coverage/exchange.ts";
import { recordingFetch } from "../../../toolkit/coverage/fetch.ts";
import { writeExchange } from "./exchange-line.ts";

const lines: string[] = [];

/** Every test file asks the API through this, whether the server runs in its process or in another. */
const recording = recordingFetch(
  { record: (exchange: Exchange) => void lines.push(writeExchange(exchange)) },
  globalThis.fetch,
  (url) => url.includes("/api/v2/"),
);
globalThis.fetch = recording;

/** Adds what a test file has exchanged to what its process has. */
export async function writeExchanges(): Promise<void> {
  await recording.settled();
  const written = lines.splice(0).join("");
  if (written !== "") await appendFile(join(inject("coverageFolder"), `${process.pid}.jsonl`), written);
}
