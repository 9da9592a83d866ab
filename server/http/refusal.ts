import type { FastifyInstance, FastifyRequest } from "fastify";
import { principalOf } from "../security/principal.ts";

/** Why a request was refused, as its log line tells it. */
export interface Refusal {
  readonly errorCode: string | undefined;
  /** The sentence of the answer; it repeats no value of the request. */
  readonly reason: string;
}

const refusals = new WeakMap<FastifyRequest, Refusal>();

/** Keeps why a request is refused, where the answer's sentence holds more than a log may. */
export function noteRefusal(request: FastifyRequest, refusal: Refusal): void {
  refusals.set(request, refusal);
}

/** What the log line of a refused request tells: why it was refused, and whose token it came with. */
export function explainRefusal(request: FastifyRequest): object {
  const principal = principalOf(request);
  return { ...refusals.get(request), subject: principal?.subject, clientId: principal?.clientId };
}

/** Keeps what the answers in the contract's envelope say, those of handlers among them. */
export function registerRefusalNotes(app: FastifyInstance): void {
  app.addHook("onSend", (request, reply, payload, done) => {
    if (reply.statusCode >= 400 && typeof payload === "string" && !refusals.has(request)) {
      const refusal = readEnvelope(payload);
      if (refusal !== undefined) refusals.set(request, refusal);
    }
    done(null, payload);
  });
}

function readEnvelope(payload: string): Refusal | undefined {
  try {
    const { errorCode, message } = JSON.parse(payload);
    return typeof message === "string" ? { errorCode, reason: message } : undefined;
  } catch {
    return undefined;
  }
}
