import { Agent, request as send } from "node:http";
import type autocannon from "autocannon";
import type { BenchedServer } from "./server.ts";

/** What a stream of requests met, in milliseconds from when each was due. */
export interface Latencies {
  readonly sent: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly largest: number;
}

/**
 * Sends requests at a constant rate, each when it is due whatever became of those before, and measures each from then:
 * a server that stalls is charged for all that should have been asked meanwhile (no coordinated omission).
 *
 * @param perSecond requests per second
 * @param seconds how long
 * @throws Error where an answer has another status than `expected`
 */
export async function atConstantRate(
  server: BenchedServer,
  request: () => autocannon.Request,
  { perSecond, seconds, expected }: { perSecond: number; seconds: number; expected: number },
): Promise<Latencies> {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const total = perSecond * seconds;
  const latencies = new Float64Array(total);
  const start = performance.now();
  let answered = 0;
  await new Promise<void>((resolve, reject) => {
    const ask = (index: number, due: number) => {
      const { method, path, headers, body } = request();
      const outgoing = send(
        server.origin + path,
        { method, headers: headers as never, agent },
        (response) => {
          response.resume().on("end", () => {
            if (response.statusCode !== expected)
              reject(new Error(`expected ${expected}, got ${response.statusCode}`));
            latencies[index] = performance.now() - due;
            if (++answered === total) resolve();
          });
        },
      );
      outgoing.on("error", reject).end(body);
    };
    let next = 0;
    // Spins instead of sleeping: timers are a millisecond coarse.
    const turn = () => {
      for (const now = performance.now(); next < total; next++) {
        const due = start + (next * 1000) / perSecond;
        if (due > now) break;
        ask(next, due);
      }
      if (next < total) setImmediate(turn);
    };
    turn();
  });
  agent.destroy();
  latencies.sort();
  const at = (share: number) => latencies[Math.min(total - 1, Math.floor(total * share))] ?? Number.NaN;
  return { sent: total, p50: at(0.5), p99: at(0.99), p999: at(0.999), largest: at(1) };
}
