import type { FastifyInstance, FastifyRequest } from "fastify";
import { principalOf } from "../security/principal.ts";

/** Why a request was refused, as its log line tells it. */
export interface Refusal {
  readonly errorCode: string | undefined;
  /** The sentence of the answer; it repeats no value of the request. */
  readonly reason: string;
}

/** On the request itself, as `notePrincipal` keeps its own. */
const noted = Symbol("refusal");

declare module "fastify" {
  interface FastifyRequest {
    [noted]?: Refusal;
  }
}

/** Keeps why a request is refused. The first note stays, where the answer's sentence holds more than a log may. */
export function noteRefusal(request: FastifyRequest, refusal: Refusal): void {
  request[noted] ??= refusal;
}

/** What the log line of a refused request tells: why it was refused, and whose token it came with. */
export function explainRefusal(request: FastifyRequest): object {
  const principal = principalOf(request);
  return { ...request[noted], subject: principal?.subject, clientId: principal?.clientId };
}

/** Keeps what the answers of handlers say in the contract's envelope. */
export function registerRefusalNotes(app: FastifyInstance): void {
  app.addHook("onSend", (request, reply, payload, done) => {
    if (reply.statusCode >= 400 && typeof payload === "string" && request[noted] === undefined) {
      const refusal = readEnvelope(payload);
      if (refusal !== undefined) noteRefusal(request, refusal);
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
