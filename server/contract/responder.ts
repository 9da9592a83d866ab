import { Readable } from "node:stream";
import type { ValidateFunction } from "ajv";
import type { FastifyReply, FastifyRequest } from "fastify";
import { isObject } from "./document.ts";
import { ContractSetupError, ResponseViolationError } from "./errors.ts";
import { isJson, isText } from "./media-type.ts";
import type { Operation, Response } from "./operations.ts";
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

interface DeclaredResponse {
  /** As sent; `undefined`: the response has no content. */
  readonly contentType: string | undefined;
  readonly isJson: boolean;
  readonly validate: ValidateFunction | undefined;
  /** By lower-cased name. */
  readonly headers: ReadonlyMap<string, ValidateFunction>;
  readonly requiredHeaders: readonly string[];
}

type Reason = readonly [reason: string, validate?: ValidateFunction];

/** Holds an operation's answers against the contract and sends them. */
export class Responder {
  readonly #operationId: string;
  readonly #schemas: Schemas;
  readonly #report: ReportViolation;
  readonly #byStatus = new Map<number, DeclaredResponse>();

  /** @throws ContractSetupError */
  constructor({ id, responses }: Operation, schemas: Schemas, report: ReportViolation) {
    this.#operationId = id;
    this.#schemas = schemas;
    this.#report = report;
    const declared = new Map(
      [...responses].map(([status, each]) => [status.toUpperCase(), declare(each, schemas)]),
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
    const payload =
      response !== undefined && !response.isJson && isRaw(answer.body) ? answer.body : this.#json(answer);
    const broken =
      response === undefined ? this.#undocumented(answer) : this.#check(reply, answer, response, payload);
    if (broken !== undefined) this.#violated(broken, reply.request);
    reply.status(answer.status);
    for (const name in answer.headers) {
      const value = answer.headers[name];
      if (value !== undefined) reply.header(name, Array.isArray(value) ? value.join(", ") : String(value));
    }
    if (payload === undefined) reply.send();
    else
      reply.header("content-type", response?.contentType ?? "application/json; charset=utf-8").send(payload);
  }

  #json({ body }: Answer): string | undefined {
    try {
      return JSON.stringify(body);
    } catch {
      throw new ResponseViolationError(this.#operationId, "its body cannot be written as JSON");
    }
  }

  #undocumented({ status }: Answer): Reason {
    return [`the status ${status} is not documented`];
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

function declare({ content, headers, pointer }: Response, schemas: Schemas): DeclaredResponse {
  const mediaType = chooseMediaType([...content.keys()], pointer);
  const schema = mediaType === undefined ? undefined : content.get(mediaType.declared);
  return {
    contentType: mediaType?.sent,
    isJson: mediaType !== undefined && isJson(mediaType.sent),
    validate: schema === undefined ? undefined : schemas.compile(schema),
    headers: new Map(headers.map(({ name, schema: each }) => [name.toLowerCase(), schemas.compile(each)])),
    requiredHeaders: headers.filter(({ required }) => required).map(({ name }) => name.toLowerCase()),
  };
}

/** JSON first, since that is what handlers return; ranges that include JSON are answered with it. */
function chooseMediaType(declared: readonly string[], pointer: string) {
  const chosen =
    declared.find(isJson) ?? declared.find((mediaType) => !mediaType.includes("*")) ?? declared[0];
  if (chosen === undefined) return undefined;
  const sent = ["*/*", "application/*"].includes(chosen) ? "application/json" : chosen;
  if (sent.includes("*")) {
    throw new ContractSetupError(
      `${pointer} does not say which ${chosen} it answers with: name the media type.`,
    );
  }
  const isUnicode = (isJson(sent) || isText(sent)) && !/charset/i.test(sent);
  return { declared: chosen, sent: isUnicode ? `${sent}; charset=utf-8` : sent };
}

function isRaw(body: unknown): body is string | Uint8Array | Readable {
  return typeof body === "string" || body instanceof Uint8Array || body instanceof Readable;
}
