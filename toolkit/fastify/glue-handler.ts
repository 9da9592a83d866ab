import type { FastifyReply, FastifyRequest } from "fastify";
import { isJson } from "../openapi/media-type.ts";
import type { Answer } from "./choose-content.ts";

/** What fastify-openapi-glue calls for an operation: it answers by `reply.send`, or by what it returns. */
type Handle = (request: FastifyRequest, reply: FastifyReply) => unknown;

interface ReadRequest {
  readonly params: object;
  readonly query: object;
  readonly headers: object;
  readonly body: unknown;
}

/** A handler that was written for fastify-openapi-glue. Its answers are held against the contract like all others. */
export class GlueHandler {
  readonly #handle: Handle;

  constructor(handle: Handle) {
    this.#handle = handle;
  }

  /** @returns what it sends, before that is sent */
  answer(input: ReadRequest, request: FastifyRequest, reply: FastifyReply): Promise<Answer> {
    const { params, query, headers, body } = input;
    Object.assign(request, { params, query, headers, body });
    return new Promise((resolve, reject) => {
      const settle = (payload: unknown) => {
        // The reply's own again: what is resolved here is sent by it, and so is an error.
        Reflect.deleteProperty(reply, "send");
        if (payload instanceof Error) reject(payload);
        else resolve(answerOf(reply, payload));
        return reply;
      };
      reply.send = settle as FastifyReply["send"];
      const fail = (thrown: unknown) => {
        Reflect.deleteProperty(reply, "send");
        reject(thrown);
      };
      try {
        const returned = this.#handle(request, reply);
        if (returned === reply) return;
        if (isThenable(returned)) {
          returned.then((value) => {
            if (Object.hasOwn(reply, "send") && !reply.sent) settle(value);
          }, fail);
        } else if (returned !== undefined) settle(returned);
      } catch (error) {
        fail(error);
      }
    });
  }
}

/**
 * The handlers of an object as fastify-openapi-glue takes it (`serviceHandlers`), unchanged, to be replaced one by one:
 * `handlers: { ...glueHandlers(service), createThing }`. What of it is no operation is left alone.
 */
export function glueHandlers<Service extends object>(
  service: Service,
): {
  readonly [Name in keyof Service as Service[Name] extends (...args: never[]) => unknown
    ? Name
    : never]: GlueHandler;
} {
  const handlers: Record<string, GlueHandler> = {};
  for (
    let holder: object | null = service;
    holder !== null && holder !== Object.prototype;
    holder = Object.getPrototypeOf(holder)
  ) {
    for (const name of Object.getOwnPropertyNames(holder)) {
      const handle: unknown = Reflect.get(service, name);
      if (name === "constructor" || typeof handle !== "function") continue;
      handlers[name] ??= new GlueHandler((request, reply) => handle.call(service, request, reply));
    }
  }
  return handlers as never;
}

function answerOf(reply: FastifyReply, payload: unknown): Answer {
  if (payload instanceof Response) {
    reply.code(payload.status);
    for (const [name, value] of payload.headers) reply.header(name, value);
    return answerOf(reply, payload.body);
  }
  const type = reply.getHeader("content-type");
  const contentType = type === undefined ? {} : { contentType: String(type) };
  return { status: reply.statusCode, body: bodyOf(payload, String(type)), ...contentType };
}

/** To Fastify null is nothing, and a text of JSON is written already. */
function bodyOf(payload: unknown, contentType: string): unknown {
  if (payload === null) return undefined;
  if (typeof payload !== "string" || !isJson(contentType)) return payload;
  try {
    return JSON.parse(payload);
  } catch {
    return payload;
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === "function";
}
