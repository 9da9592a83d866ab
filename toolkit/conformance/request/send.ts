import { setTimeout as sleep } from "node:timers/promises";
import type { WrittenRequest } from "./write.ts";

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly milliseconds: number;
}

/** A request and its answer; without one the reason why there is none. */
export interface Exchange {
  readonly request: WrittenRequest;
  readonly startedAt: number;
  readonly answer?: Answer;
  readonly failure?: string;
}

export interface SendOptions {
  /** Requests a second. */
  readonly rate?: number;
  readonly maxRequests: number;
  /** The longest that an answer may take, in milliseconds. */
  readonly maxTime: number;
  readonly onExchange?: (exchange: Exchange) => void;
}

/** The run may send no more, or sees no sense in it; the message is the sentence that says why. */
export class RunEnded extends Error {
  override readonly name = "RunEnded";
}

const mostRetries = 3;
/** Requests in a row that were held off with 429 to the last. */
const mostHeldOff = 5;
const longestPause = 10;
/** A connection that was idle for so long, in milliseconds, may have been closed as the request went out. */
const longIdle = 1_000;
const mostBytes = 32 * 2 ** 20;
/** How much longer than the time that is a finding an answer is waited for. */
const patience = 3;

/** Sends requests one after the other, as fast as it may. */
export class Sender {
  readonly #options: SendOptions;
  #next = 0;
  #sent = 0;
  #heldOff = 0;
  #lastEnd = performance.now();

  constructor(options: SendOptions) {
    this.#options = options;
  }

  get sent(): number {
    return this.#sent;
  }

  /** @throws RunEnded */
  async send(request: WrittenRequest): Promise<Exchange> {
    for (let attempt = 0; ; attempt += 1) {
      const exchange = await this.#counted(request);
      const pause = exchange.answer?.status === 429 ? retryAfter(exchange.answer.headers) : undefined;
      if (pause === undefined) {
        this.#heldOff = 0;
        return exchange;
      }
      if (attempt >= mostRetries) {
        this.#heldOff += 1;
        return exchange;
      }
      await sleep(pause * 1_000);
    }
  }

  async #counted(request: WrittenRequest): Promise<Exchange> {
    const { maxRequests, onExchange } = this.#options;
    if (this.#sent >= maxRequests)
      throw new RunEnded(`The run ended after ${this.#sent} requests: raise --max-requests to see the rest.`);
    if (this.#heldOff >= mostHeldOff)
      throw new RunEnded(
        `The run ended after ${this.#sent} requests, because the server went on answering with 429: lower --rate.`,
      );
    await this.#pace();
    const wasIdle = performance.now() - this.#lastEnd > longIdle;
    this.#sent += 1;
    let exchange = await this.#once(request);
    if (wasIdle && exchange.answer === undefined) exchange = await this.#once(request);
    this.#lastEnd = performance.now();
    onExchange?.(exchange);
    return exchange;
  }

  async #once(request: WrittenRequest): Promise<Exchange> {
    const startedAt = Date.now();
    const started = performance.now();
    try {
      const { url, method, headers, body } = request;
      const response = await fetch(url, {
        method,
        headers,
        redirect: "manual",
        signal: AbortSignal.timeout(this.#options.maxTime * patience),
        ...(body !== undefined && { body }),
      });
      const text = await readText(response);
      const milliseconds = performance.now() - started;
      return {
        request,
        startedAt,
        answer: { status: response.status, headers: response.headers, text, milliseconds },
      };
    } catch (error) {
      const { cause, message } = error as Error;
      return { request, startedAt, failure: cause instanceof Error ? cause.message : message };
    }
  }

  async #pace(): Promise<void> {
    const { rate } = this.#options;
    if (rate === undefined) return;
    const now = performance.now();
    this.#next = Math.max(now, this.#next + 1_000 / rate);
    if (this.#next > now) await sleep(this.#next - now);
  }
}

/** Seconds to wait as `Retry-After` says (RFC 9110 §10.2.3); undefined where that would be too long. */
function retryAfter(headers: Headers): number | undefined {
  const seconds = Number(headers.get("retry-after") ?? "1");
  return seconds >= 0 && seconds <= longestPause ? Math.max(seconds, 0.05) : undefined;
}

/** @throws Error where there is no end to it */
async function readText({ body }: Response): Promise<string> {
  if (body === null) return "";
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > mostBytes) throw new Error(`it is longer than ${mostBytes / 2 ** 20} MiB`);
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}
