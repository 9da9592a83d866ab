import autocannon from "autocannon";
import type { BenchedServer } from "./server.ts";

export const connections = 64;

/** What one load came to. */
export interface Sample {
  readonly requestsPerSecond: number;
  /** Of one request, in the server's process. */
  readonly processorMicroseconds: number | undefined;
  readonly p50: number;
  readonly p99: number;
}

export interface LoadOptions {
  /** @default 64 */
  readonly connections?: number;
  /** Whether this process takes a whole core, to spare the server the waking of it. @default true */
  readonly staysAwake?: boolean;
}

/**
 * Sends requests, each connection the next when the last is answered.
 *
 * @param length for how many seconds, or how many requests
 * @throws Error where an answer has another status than `expected`, or does not come within ten seconds
 */
export async function load(
  server: BenchedServer,
  request: () => autocannon.Request,
  expected: number,
  length: number | { readonly amount: number },
  options: LoadOptions = {},
): Promise<Sample> {
  const before = await server.processorSeconds();
  const rest = options.staysAwake === false ? () => {} : stayAwake();
  const { requests, latency, duration, errors, statusCodeStats } = await autocannon({
    url: server.origin,
    connections: options.connections ?? connections,
    ...(typeof length === "number" ? { duration: length } : length),
    requests: [{ setupRequest: (previous: autocannon.Request) => unshared(previous, request()) }],
  });
  rest();
  const after = await server.processorSeconds();
  const others = Object.keys(statusCodeStats ?? {}).filter((status) => Number(status) !== expected);
  if (errors > 0) throw new Error(`${errors} requests got no answer`);
  if (others.length > 0) throw new Error(`expected ${expected}, got ${others.join(", ")} too`);
  return {
    requestsPerSecond: requests.total / duration,
    processorMicroseconds:
      before === undefined || after === undefined ? undefined : ((after - before) * 1e6) / requests.total,
    p50: latency.p50,
    p99: latency.p99,
  };
}

/** autocannon writes the length of the body into the headers, which other requests share. */
function unshared(defaults: autocannon.Request, request: autocannon.Request): autocannon.Request {
  return { ...defaults, ...request, headers: { ...request.headers } };
}

/**
 * Keeps this process from sleeping: else a server that is slower than the load waits for nobody, and pays for waking
 * this process with every answer, which a client on another machine would not make it do.
 */
function stayAwake(): () => void {
  let isAwake = true;
  const turn = () => {
    if (isAwake) setImmediate(turn);
  };
  turn();
  return () => {
    isAwake = false;
  };
}
