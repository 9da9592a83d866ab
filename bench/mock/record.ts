import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { request } from "node:http";
import { fileURLToPath } from "node:url";
import { type RecordedRequest, requests } from "./conventions.ts";

/** Headers that belong to the transport or the clock, not to the conventions. */
const transport = new Set(["date", "connection", "keep-alive", "content-length", "transfer-encoding"]);

function send(port: number, { method, url, headers, body }: RecordedRequest) {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        port,
        host: "127.0.0.1",
        method,
        path: url,
        headers: { ...headers, ...(body === undefined ? {} : { "content-length": Buffer.byteLength(body) }) },
      },
      async (response) => {
        let text = "";
        for await (const chunk of response) text += chunk;
        const kept = Object.entries(response.headers).filter(([name]) => !transport.has(name));
        resolve({ status: response.statusCode, headers: Object.fromEntries(kept), body: text });
      },
    );
    outgoing.setTimeout(5000, () => outgoing.destroy(new Error("no answer in 5 s")));
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

const fixtures = fileURLToPath(new URL("../../test/fixtures/mock/", import.meta.url));
const port = 4911;
const prism = spawn(
  process.execPath,
  [
    "node_modules/@stoplight/prism-cli/dist/index.js",
    "mock",
    `${fixtures}conventions.yaml`,
    "-p",
    String(port),
  ],
  { cwd: import.meta.dirname, stdio: ["ignore", "pipe", "inherit"] },
);
await new Promise<void>((ready) =>
  prism.stdout.on("data", (chunk) => String(chunk).includes("listening") && ready()),
);

const recorded = [];
for (const one of requests) {
  const answer = await send(port, one).catch((error: Error) => ({ error: error.message }));
  recorded.push({ request: one, answer });
}
prism.kill();
if (prism.exitCode === null && prism.signalCode === null) await once(prism, "exit");
writeFileSync(`${fixtures}conventions.json`, `${JSON.stringify(recorded, null, 1)}\n`);
process.stdout.write(`${recorded.length} answers recorded from Prism\n`);
