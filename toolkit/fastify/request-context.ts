import type { FastifyReply, FastifyRequest } from "fastify";
import type { Context } from "./handler.ts";

/** What a handler is told beside its input. The signal is made for those that ask for it. */
export class RequestContext implements Context<unknown> {
  readonly principal: unknown;
  readonly request: FastifyRequest;
  readonly #reply: FastifyReply;
  #signal: AbortSignal | undefined;

  constructor(principal: unknown, request: FastifyRequest, reply: FastifyReply) {
    this.principal = principal;
    this.request = request;
    this.#reply = reply;
  }

  get signal(): AbortSignal {
    this.#signal ??= signalOf(this.#reply);
    return this.#signal;
  }
}

/** Fastify's own `request.signal` is aborted as soon as the request's body has been read. */
function signalOf({ raw }: FastifyReply): AbortSignal {
  if (raw.closed && !raw.writableFinished) return AbortSignal.abort();
  const controller = new AbortController();
  raw.once("close", () => {
    if (!raw.writableFinished) controller.abort();
  });
  return controller.signal;
}
