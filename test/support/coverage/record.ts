import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, inject } from "vitest";
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

afterAll(async () => {
  await recording.settled();
  if (lines.length > 0)
    await appendFile(join(inject("coverageFolder"), `${process.pid}.jsonl`), lines.join(""));
});
