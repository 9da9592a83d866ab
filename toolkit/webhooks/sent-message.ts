import type { RequestPart } from "../fastify/errors.ts";
import type { Schemas, Validate } from "../fastify/schemas.ts";
import { violationOf } from "../fastify/violation.ts";
import { isJson, MediaTypes } from "../openapi/media-type.ts";
import type { Content, Operation, Parameter } from "../openapi/operation.ts";
import { InvalidMessageError, UndocumentedAnswerError } from "./errors.ts";

/** What is sent, before it is known to be as the contract says. */
export interface UntypedMessage {
  readonly url: string | URL;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly signal?: AbortSignal;
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** Holds the messages of one operation, and the answers to them, against the contract. */
export class SentMessage {
  readonly id: string;
  readonly operation: Operation;
  readonly #requests: Schemas;
  readonly #responses: Schemas;
  readonly #parts: readonly (readonly [part: "query" | "header", Validate, readonly Parameter[]])[];
  readonly #content: Content | undefined;
  readonly #validateBody: Validate | undefined;
  readonly #answers: ReadonlyMap<string, MediaTypes<Validate | undefined> | undefined>;

  constructor(
    id: string,
    operation: Operation,
    schemas: { readonly requests: Schemas; readonly responses: Schemas },
  ) {
    const { requests, responses } = schemas;
    this.id = id;
    this.operation = operation;
    this.#requests = requests;
    this.#responses = responses;
    this.#parts = (["query", "header"] as const).map((part) => {
      const parameters = operation.parameters[part];
      return [part, requests.compileParameters(parameters), parameters];
    });
    const contents = operation.requestBody?.contents ?? [];
    this.#content = contents.find(({ mediaType }) => isJson(mediaType)) ?? contents[0];
    this.#validateBody = this.#content?.schema && requests.compile(this.#content.schema);
    this.#answers = new Map(
      operation.responses.map(({ code, contents: documented }) => [
        code.toUpperCase(),
        documented.length === 0
          ? undefined
          : new MediaTypes(
              documented.map(({ mediaType, schema }) => [mediaType, schema && responses.compile(schema)]),
            ),
      ]),
    );
  }

  /** The media type of its body. */
  get mediaType(): string | undefined {
    return this.#content?.mediaType;
  }

  /** @throws InvalidMessageError */
  check({ body, headers = {}, query = {} }: UntypedMessage): void {
    for (const [part, validate, parameters] of this.#parts) {
      const given = part === "query" ? query : byLowerCase(headers);
      const values = parameters.map(({ name }) => [
        name,
        given[part === "query" ? name : name.toLowerCase()],
      ]);
      this.#hold(validate, Object.fromEntries(values.filter(([, value]) => value !== undefined)), part);
    }
    const { requestBody } = this.operation;
    if (body === undefined) {
      if (requestBody?.required) throw new InvalidMessageError(this.id, "its body is missing");
    } else if (requestBody === undefined) {
      throw new InvalidMessageError(this.id, "it has a body, the contract documents none");
    } else if (this.#validateBody !== undefined) this.#hold(this.#validateBody, body, "body");
  }

  /** @throws UndocumentedAnswerError */
  checkAnswer(answer: Answer): Answer {
    const { status, headers, body } = answer;
    const range = `${Math.floor(status / 100)}XX`;
    const code = [String(status), range, "DEFAULT"].find((each) => this.#answers.has(each));
    if (code === undefined) throw new UndocumentedAnswerError(this.id, answer, `${status} is not documented`);
    const contents = this.#answers.get(code);
    // Receivers say "OK" where nobody asked.
    if (contents === undefined) return { ...answer, body: undefined };
    if (body === undefined) throw new UndocumentedAnswerError(this.id, answer, `${status} has no body`);
    const type = headers.get("content-type") ?? "";
    const validate = contents.find(type);
    if (validate === undefined && !contents.has(type))
      throw new UndocumentedAnswerError(this.id, answer, `${status} is "${type}", which is not documented`);
    if (validate !== undefined && !validate(body)) {
      const violation = violationOf(validate, "body", this.#responses);
      throw new UndocumentedAnswerError(
        this.id,
        answer,
        `the body of ${status}: ${violation.message}`,
        violation,
      );
    }
    return answer;
  }

  #hold(validate: Validate, value: unknown, part: RequestPart): void {
    if (validate(value) || (part === "body" && validate(asWritten(value)))) return;
    const violation = violationOf(validate, part, this.#requests);
    throw new InvalidMessageError(this.id, violation.message, violation);
  }
}

/** A Date becomes text, what is `undefined` is left out. */
function asWritten(value: unknown): unknown {
  const json = JSON.stringify(value) as string | undefined;
  return json === undefined ? undefined : JSON.parse(json);
}

function byLowerCase(headers: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
