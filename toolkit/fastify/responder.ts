import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Coercions } from "../openapi/coercion.ts";
import { isObject } from "../openapi/json.ts";
import { essence, isEventStream, isRange } from "../openapi/media-type.ts";
import type { Operation } from "../openapi/operation.ts";
import { type Answer, chooseContent } from "./choose-content.ts";
import { type DeclaredContent, type DeclaredResponse, declareResponse } from "./declared-response.ts";
import { ResponseViolationError } from "./errors.ts";
import { ItemStream } from "./item-stream.ts";
import { asPayload, discard, isBytes, isItems, isStream } from "./payload.ts";
import type { Schemas, Validate } from "./schemas.ts";
import { violationOf } from "./violation.ts";

/** Is told of an answer that breaks the contract; throws to stop it. */
export type ReportViolation = (error: ResponseViolationError, request: FastifyRequest) => void;

export interface Responding {
  readonly coercions: Coercions;
  readonly responseSchemas: Schemas;
  readonly reportViolation: ReportViolation;
  /** The server-sent events that are being sent. */
  readonly eventStreams: Set<ItemStream>;
}

const jsonInUtf8 = "application/json; charset=utf-8";

/** Why an answer breaks its contract, and the validator that has just said so. */
type Reason = readonly [reason: string, validate?: Validate];

/** Holds an operation's answers against the contract and sends them. */
export class Responder {
  readonly #operationId: string;
  readonly #responding: Responding;
  readonly #byStatus = new Map<number, DeclaredResponse>();

  constructor({ id, responses }: Operation, responding: Responding) {
    this.#operationId = id;
    this.#responding = responding;
    const { responseSchemas, coercions } = responding;
    const declared = new Map(
      responses.map((each) => [each.code.toUpperCase(), declareResponse(each, responseSchemas, coercions)]),
    );
    for (let status = 200; status < 600; status += 1) {
      const range = `${Math.floor(status / 100)}XX`;
      const response = declared.get(String(status)) ?? declared.get(range) ?? declared.get("DEFAULT");
      if (response !== undefined) this.#byStatus.set(status, response);
    }
  }

  /** @throws ResponseViolationError, or whatever else the report throws */
  send(reply: FastifyReply, answer: Answer): void {
    if (!isObject(answer) || !Number.isInteger(answer.status)) {
      throw new ResponseViolationError(this.#operationId, "the handler returned no status");
    }
    const response = this.#byStatus.get(answer.status);
    const content = response && chooseContent(response, answer);
    const payload = this.#payload(reply, answer, content);
    try {
      const broken =
        response === undefined
          ? undocumented(answer)
          : this.#check(reply, answer, response, content, payload);
      if (broken !== undefined) this.#violated(broken, reply.request);
    } catch (error) {
      discard(payload);
      throw error;
    }
    reply.status(answer.status);
    for (const name in answer.headers) {
      const value = answer.headers[name];
      if (value !== undefined) reply.header(name, Array.isArray(value) ? value.join(", ") : String(value));
    }
    if (payload === undefined) {
      reply.send();
      return;
    }
    reply.header(
      "content-type",
      content && isAs(content, answer, payload) ? content.contentType : (answer.contentType ?? jsonInUtf8),
    );
    if (typeof payload === "object" && payload instanceof Readable) this.#stream(reply, answer, payload);
    else reply.send(payload);
  }

  /** What goes over the wire; JSON where the contract does not know better. */
  #payload(reply: FastifyReply, answer: Answer, content: DeclaredContent | undefined): unknown {
    const { body } = answer;
    if (content !== undefined && !content.isJson) {
      const { writeItem } = content;
      // Of a web stream nobody knows before what it gives.
      if (writeItem !== undefined && isItems(body) && (body instanceof ReadableStream || !isBytes(body)))
        return this.#items(reply, answer, { ...content, writeItem }, body);
      if (isBytes(body)) return asPayload(body);
    }
    return isStream(body) ? asPayload(body) : this.#json(answer);
  }

  /** Each item is held against its schema before it is written; bytes among them are sent as they are. */
  #items(
    reply: FastifyReply,
    { status }: Answer,
    { writeItem, validateItem }: DeclaredContent & { readonly writeItem: (item: unknown) => string },
    items: Iterable<unknown> | AsyncIterable<unknown>,
  ): ItemStream {
    const write = (item: unknown) => {
      if (item instanceof Uint8Array) return item;
      if (validateItem !== undefined && !isValidAsWritten(validateItem, item))
        this.#violated(
          [`an item in the body of ${status} does not match its schema`, validateItem],
          reply.request,
        );
      return writeItem(item);
    };
    return new ItemStream(items, write, () => {
      if (!reply.raw.headersSent && !reply.raw.destroyed) reply.raw.flushHeaders();
    });
  }

  #stream(reply: FastifyReply, { body, headers = {} }: Answer, stream: Readable): void {
    if (stream.errored) throw stream.errored;
    if (body instanceof Blob) reply.header("content-length", body.size);
    const contentType = String(reply.getHeader("content-type"));
    if (isEventStream(contentType) && !reply.hasHeader("cache-control"))
      reply.header("cache-control", "no-cache");
    if (reply.request.method === "HEAD") {
      discard(stream);
      reply.send(Readable.from([]));
      return;
    }
    // An error before the first byte is answered as an error, without what was said of the body.
    stream.once("error", () => {
      if (reply.raw.headersSent) return;
      for (const name of [...Object.keys(headers), "content-type", "content-length", "cache-control"]) {
        reply.removeHeader(name);
        reply.raw.removeHeader(name);
      }
    });
    if (stream instanceof ItemStream && isEventStream(contentType)) {
      const { eventStreams } = this.#responding;
      eventStreams.add(stream);
      stream.once("close", () => eventStreams.delete(stream));
    }
    reply.send(stream);
  }

  #json({ body }: Answer): string | undefined {
    try {
      return JSON.stringify(body);
    } catch {
      throw new ResponseViolationError(this.#operationId, "its body cannot be written as JSON");
    }
  }

  #check(
    reply: FastifyReply,
    answer: Answer,
    response: DeclaredResponse,
    content: DeclaredContent | undefined,
    payload: unknown,
  ): Reason | undefined {
    const { status, body, headers, contentType } = answer;
    if (response.content === undefined) {
      if (body !== undefined) return [`${status} has a body, the contract documents none`];
    } else if (payload === undefined) return [`${status} has no body, the contract documents one`];
    else if (content === undefined)
      return [`the media type ${essence(contentType ?? "")} of ${status} is not documented`];
    else if (isRange(content.contentType))
      return [`${status} does not say which ${content.contentType} its body is: name it in contentType`];
    else {
      const reason = checkBody(answer, content, payload);
      if (reason !== undefined) return reason;
    }
    if (headers === undefined && response.requiredHeaders.length === 0) return undefined;
    return checkHeaders(reply, answer, response);
  }

  #violated([reason, validate]: Reason, request: FastifyRequest): void {
    const { responseSchemas, reportViolation } = this.#responding;
    const violation = validate && violationOf(validate, "body", responseSchemas);
    const detail = violation === undefined ? reason : `${reason}: ${violation.message}`;
    reportViolation(new ResponseViolationError(this.#operationId, detail, violation), request);
  }
}

function undocumented({ status }: Answer): Reason {
  return [`the status ${status} is not documented`];
}

/** Whether a payload is of its content's kind: what was no text was written as JSON. */
function isAs({ isJson }: DeclaredContent, { body }: Answer, payload: unknown): boolean {
  return isJson ? typeof payload === "string" : payload === body || typeof payload === "object";
}

function checkBody(answer: Answer, content: DeclaredContent, payload: unknown): Reason | undefined {
  const { status, body } = answer;
  const { isJson, validate, writeItem } = content;
  if (!isAs(content, answer, payload)) {
    if (isJson)
      return [
        `the body of ${status} is bytes, the contract documents JSON: name another type in contentType`,
      ];
    return [
      `the body of ${status} must be ${writeItem === undefined ? "text or bytes" : "items, one after the other"}`,
    ];
  }
  if (validate === undefined || (!isJson && typeof body !== "string")) return undefined;
  const isValid = isJson ? isValidAsWritten(validate, body, payload as string) : validate(body);
  return isValid ? undefined : [`the body of ${status} does not match its schema`, validate];
}

/**
 * What counts is what goes over the wire: a value that only fails for how JavaScript holds it (a property that is
 * `undefined`, a `Date`) is looked at again as it was written.
 */
function isValidAsWritten(validate: Validate, value: unknown, written?: string): boolean {
  return validate(value) || validate(JSON.parse(written ?? JSON.stringify(value) ?? "null"));
}

function checkHeaders(
  reply: FastifyReply,
  { status, headers = {} }: Answer,
  response: DeclaredResponse,
): Reason | undefined {
  const given = new Map(Object.entries(headers).filter(([, value]) => value !== undefined));
  const names = new Set([...given.keys()].map((name) => name.toLowerCase()));
  for (const name of response.requiredHeaders) {
    // A hook of the application's may have set it already, a rate limit for example.
    if (!names.has(name) && !reply.hasHeader(name)) return [`${status} has no header ${name}`];
  }
  for (const [name, value] of given) {
    const validate = response.headers.get(name.toLowerCase());
    // What HTTP says of a body's length needs no contract.
    if (validate === undefined && name.toLowerCase() === "content-length") continue;
    if (validate === undefined)
      return [`${status} has the header ${name}, which the contract does not document`];
    if (!validate(value)) return [`the header ${name} of ${status} does not match its schema`];
  }
  return undefined;
}
