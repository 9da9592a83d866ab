import { Readable } from "node:stream";
import type { ValidateFunction } from "ajv";
import type { FastifyReply, FastifyRequest } from "fastify";
import { isObject } from "../openapi/json.ts";
import type { Operation } from "../openapi/operation.ts";
import { type DeclaredResponse, declareResponse } from "./declared-response.ts";
import { ResponseViolationError } from "./errors.ts";
import type { Schemas } from "./schemas.ts";
import { violationOf } from "./violation.ts";

/** What a handler returned, before it is known to be one of the contract's answers. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, unknown>>;
}

/** Is told of an answer that breaks the contract; throws to stop it. */
export type ReportViolation = (error: ResponseViolationError, request: FastifyRequest) => void;

const jsonInUtf8 = "application/json; charset=utf-8";

/** Why an answer breaks its contract, and the validator that has just said so. */
type Reason = readonly [reason: string, validate?: ValidateFunction];

/** Holds an operation's answers against the contract and sends them. */
export class Responder {
  readonly #operationId: string;
  readonly #schemas: Schemas;
  readonly #report: ReportViolation;
  readonly #byStatus = new Map<number, DeclaredResponse>();

  constructor({ id, document, responses }: Operation, schemas: Schemas, report: ReportViolation) {
    this.#operationId = id;
    this.#schemas = schemas;
    this.#report = report;
    const declared = new Map(
      responses.map((each) => [each.code.toUpperCase(), declareResponse(document, each, schemas)]),
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
    const isAsDeclared = response?.contentType !== undefined && (response.isJson || isRaw(answer.body));
    const payload = isAsDeclared && !response.isJson ? answer.body : this.#json(answer);
    const broken =
      response === undefined ? undocumented(answer) : this.#check(reply, answer, response, payload);
    if (broken !== undefined) this.#violated(broken, reply.request);
    reply.status(answer.status);
    for (const name in answer.headers) {
      const value = answer.headers[name];
      if (value !== undefined) reply.header(name, Array.isArray(value) ? value.join(", ") : String(value));
    }
    if (payload === undefined) reply.send();
    else reply.header("content-type", isAsDeclared ? response.contentType : jsonInUtf8).send(payload);
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
    payload: unknown,
  ): Reason | undefined {
    const { status, body, headers } = answer;
    if (response.contentType === undefined) {
      if (body !== undefined) return [`${status} has a body, the contract documents none`];
    } else if (payload === undefined) return [`${status} has no body, the contract documents one`];
    else if (!response.isJson && !isRaw(body)) return [`the body of ${status} must be text or bytes`];
    else if (response.validate !== undefined && !isValid(response.validate, answer, response, payload)) {
      return [`the body of ${status} does not match its schema`, response.validate];
    }
    if (headers === undefined && response.requiredHeaders.length === 0) return undefined;
    return checkHeaders(reply, answer, response);
  }

  #violated([reason, validate]: Reason, request: FastifyRequest): void {
    const violation = validate && violationOf(validate, "body", this.#schemas);
    const detail = violation === undefined ? reason : `${reason}: ${violation.message}`;
    this.#report(new ResponseViolationError(this.#operationId, detail, violation), request);
  }
}

function undocumented({ status }: Answer): Reason {
  return [`the status ${status} is not documented`];
}

/**
 * What counts is what goes over the wire: a value that only fails for how JavaScript holds it (a property that is
 * `undefined`, a `Date`) is looked at again as it was written.
 */
function isValid(
  validate: ValidateFunction,
  { body }: Answer,
  response: DeclaredResponse,
  payload: unknown,
): boolean {
  if (!response.isJson) return typeof body !== "string" || validate(body);
  return validate(body) || validate(JSON.parse(payload as string));
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
    if (validate === undefined)
      return [`${status} has the header ${name}, which the contract does not document`];
    if (!validate(value)) return [`the header ${name} of ${status} does not match its schema`];
  }
  return undefined;
}

function isRaw(body: unknown): body is string | Uint8Array | Readable {
  return typeof body === "string" || body instanceof Uint8Array || body instanceof Readable;
}
