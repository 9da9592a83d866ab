import { finished, type Readable, Transform, type TransformCallback } from "node:stream";
import fastify, { type FastifyReply, type FastifyRequest } from "fastify";
import { InvalidRequestError, MalformedBodyError, RequestError } from "./errors.ts";
import { violation } from "./violation.ts";

interface Payload extends Readable {
  readonly receivedEncodedLength?: number;
}

/**
 * A body's bytes as they come, within the limit of its route (`bodyLimit`). It fails where the client goes away, where
 * the body is too large, or is not encoded as it says: whoever reads it may let that error pass, it is an answer.
 */
export class BodyStream extends Transform {
  readonly #limit: number;
  readonly #source: Payload;
  #longest = Number.POSITIVE_INFINITY;
  #received = 0;
  readonly #leftovers: (() => void)[] = [];

  constructor(source: Payload, limit: number) {
    super();
    this.#source = source;
    this.#limit = limit;
  }

  /** What Fastify compares with Content-Length, where it reads the body itself. */
  get receivedEncodedLength(): number {
    return this.#source.receivedEncodedLength ?? 0;
  }

  /** Sets the schema's own limit. @throws InvalidRequestError where it is passed already */
  limitTo(maxLength: number): void {
    this.#longest = maxLength;
    if (this.#received > maxLength) throw this.#tooLong();
  }

  /** Has something done when the request has been answered, or its client has gone. */
  whenAnswered(clear: () => void): void {
    this.#leftovers.push(clear);
  }

  /** The request has been answered, or its client has gone. */
  clear(): void {
    for (const clear of this.#leftovers) clear();
  }

  override _transform(chunk: Buffer, _encoding: unknown, done: TransformCallback): void {
    this.#received += chunk.length;
    if (this.#received > this.#limit) done(tooLarge());
    else if (this.#received > this.#longest) done(this.#tooLong());
    else done(null, chunk);
  }

  #tooLong(): InvalidRequestError {
    const message = `The body must not have more than ${this.#longest} bytes`;
    return new InvalidRequestError("body", violation("body", [], "maxLength", message));
  }
}

/** Requests whose bodies are read as they come, unless the application has a parser of its own for them. */
export const streamedReplies = new WeakMap<FastifyRequest, FastifyReply>();

/**
 * Begins to read a body. What its handler leaves unread is read away once the answer is sent.
 *
 * @throws where its Content-Length is beyond the limit
 */
export function streamBody(request: FastifyRequest, reply: FastifyReply, source: Payload): BodyStream {
  const { bodyLimit } = request.routeOptions;
  if (Number(request.headers["content-length"]) > bodyLimit) throw tooLarge();
  const stream = new BodyStream(source, bodyLimit);
  // Nobody may be reading when the client goes away.
  stream.on("error", () => {});
  finished(source, { writable: false }, (error) => {
    if (error) stream.destroy(error instanceof RequestError ? error : endedEarly());
  });
  reply.raw.once("close", () => {
    stream.destroy(stream.writableFinished ? undefined : endedEarly());
    request.raw.unpipe();
    request.raw.resume();
    stream.clear();
  });
  source.pipe(stream);
  return stream;
}

function tooLarge(): Error {
  return new fastify.errorCodes.FST_ERR_CTP_BODY_TOO_LARGE();
}

function endedEarly(): Error {
  return new MalformedBodyError("The body ended before it was complete.");
}

/** Waits for a body's first bytes: `false` where there are none. */
export function hasBegun(payload: Readable, done: (error: Error | null, hasBytes?: boolean) => void): void {
  const settle = (error?: Error) => {
    payload.off("readable", onReadable);
    payload.off("error", settle);
    if (error) done(error);
    else done(null, payload.readableLength > 0);
  };
  const onReadable = () => settle();
  payload.on("readable", onReadable);
  payload.on("error", settle);
}
