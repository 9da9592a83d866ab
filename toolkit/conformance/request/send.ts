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

/** The run may send no more. */
export class BudgetSpent extends Error {
  override readonly name = "BudgetSpent";
}

const mostRetries = 3;
const longestPause = 10;
/** How much longer than the time that is a finding an answer is waited for. */
const patience = 3;

/** Sends requests one after the other, as fast as it may. */
export class Sender {
  readonly #options: SendOptions;
  #next = 0;
  #sent = 0;

  constructor(options: SendOptions) {
    this.#options = options;
  }

  get sent(): number {
    return this.#sent;
  }

  /** @throws BudgetSpent */
  async send(request: WrittenRequest): Promise<Exchange> {
    for (let attempt = 0; ; attempt += 1) {
      if (this.#sent >= this.#options.maxRequests) throw new BudgetSpent("--max-requests is reached.");
      await this.#pace();
      this.#sent += 1;
      const exchange = await this.#once(request);
      this.#options.onExchange?.(exchange);
      const pause = exchange.answer?.status === 429 ? retryAfter(exchange.answer.headers) : undefined;
      if (pause === undefined || attempt >= mostRetries) return exchange;
      await sleep(pause * 1_000);
    }
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
      const text = await response.text();
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
