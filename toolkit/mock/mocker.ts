import { setTimeout as wait } from "node:timers/promises";
import type { ContractDocument } from "../openapi/document.ts";
import type { Operation } from "../openapi/operation.ts";
import { ContractMocker } from "./contract-mocker.ts";
import { type Exchange, preflightLabel } from "./exchange.ts";
import { createChance } from "./generation/chance.ts";
import type { MockAnswer, MockRequest } from "./message.ts";
import type { MockOptions } from "./options.ts";
import { documentPage } from "./pages/document-pages.ts";
import { Problem } from "./problem.ts";
import { type Preference, readPreference } from "./request/preference.ts";
import { backendReason } from "./response/backend-reason.ts";
import { type CallbackResult, sendCallbacks } from "./response/callback.ts";
import { type Match, Router } from "./router.ts";
import { State } from "./state/state.ts";
import { isUnchanged } from "./state/unchanged.ts";
import { corsHeaders, preflight } from "./transport/cors.ts";
import { fromFetchResponse, mayHaveBody, toFetchRequest } from "./transport/fetch-adapter.ts";

/** What a mock tells about its work. */
export interface MockEvents {
  readonly onExchange?: (exchange: Exchange, milliseconds: number) => void;
  readonly onCallback?: (result: CallbackResult) => void;
}

type Outcome = Omit<Exchange, "request" | "operationId"> & { readonly operation?: Operation };

/** Answers requests, whatever brings them: from extra routes, a backend, or the documents. */
export class Mocker {
  readonly #options: MockOptions;
  readonly #events: MockEvents;
  readonly #chance: () => number;
  #documents: readonly ContractDocument[];
  #router: Router;
  #state: State | undefined;
  #contract: ContractMocker;

  constructor(documents: readonly ContractDocument[], options: MockOptions, events: MockEvents) {
    this.#options = options;
    this.#events = events;
    this.#chance = createChance(options.seed ?? String(Math.random()));
    this.#documents = documents;
    this.#router = new Router(documents);
    this.#state = this.#createState();
    this.#contract = new ContractMocker(this.#router, options, this.#state);
  }

  /** Method and path of everything that is mocked. */
  get operations(): { readonly method: string; readonly path: string }[] {
    return this.#router.operations;
  }

  /** Answers from these documents from now on. What was remembered stays where they say the same of it. */
  replaceDocuments(documents: readonly ContractDocument[]): void {
    const before = this.#documents.map(({ root }) => root);
    const after = documents.map(({ root }) => root);
    const remembered = this.#state;
    this.#documents = documents;
    this.#router = new Router(documents);
    this.#state = this.#createState();
    if (remembered) this.#state?.inherit(remembered, (template) => isUnchanged(before, after, template));
    this.#contract = new ContractMocker(this.#router, this.#options, this.#state);
  }

  #createState(): State | undefined {
    const { stateful, seedData } = this.#options;
    if (!stateful && !seedData) return undefined;
    const schemaOfId = (collection: string, parameter: string) =>
      ["get", "put", "patch", "delete"]
        .map((method) => this.#matchOf({ method, path: `${collection}/0` }))
        .flatMap((match) => match?.operation.parameters.path ?? [])
        .find(({ name }) => name === parameter)?.schema;
    return new State(this.#router.operations, schemaOfId, seedData);
  }

  /** Never rejects: what goes wrong is an answer too. */
  async answer(request: MockRequest, origin: string): Promise<MockAnswer> {
    const started = performance.now();
    const outcome = await this.#outcome(request, origin).catch(refused);
    const { status, headers, body } = outcome.answer;
    const cors = this.#options.cors === false ? undefined : corsHeaders(request);
    const answer: MockAnswer = {
      status,
      headers: cors ? { ...cors, ...headers } : headers,
      body: mayHaveBody(request.method, status) ? body : undefined,
    };
    const { operation, reason, requestViolations, responseViolations } = outcome;
    const exchange = {
      request,
      answer,
      operationId: operation?.operationId,
      reason,
      requestViolations,
      responseViolations,
    };
    this.#events.onExchange?.(exchange, performance.now() - started);
    return answer;
  }

  async #outcome(request: MockRequest, origin: string): Promise<Outcome> {
    const preflighted = this.#options.cors === false ? undefined : preflight(request);
    if (preflighted) return plain(preflighted, preflightLabel);
    const route = this.#options.routes?.[`${request.method.toUpperCase()} ${request.path}`];
    if (route)
      return plain(await fromFetchResponse(await route(toFetchRequest(request, origin))), "extra route");
    const preference = readPreference(request.headers.prefer, request.query);
    const delay = preference.delay ?? this.#options.delay;
    if (delay) await wait(delay[0] + (delay[1] - delay[0]) * this.#chance());
    const forced = preference.code !== undefined || preference.example !== undefined;
    const fromDocument = forced || asksDocument(preference) || request.method === "trace";
    if (this.#options.backend && !fromDocument)
      return this.#fromBackend(this.#options.backend, request, origin, preference);
    const page = this.#documentPage(request);
    if (page) return page;
    const match = this.#router.find(request.method, request.path);
    return this.#fromContract(
      match,
      request,
      origin,
      forced ? preference : this.#perhapsFailing(match, preference),
    );
  }

  async #fromBackend(
    backend: NonNullable<MockOptions["backend"]>,
    request: MockRequest,
    origin: string,
    preference: Preference,
  ): Promise<Outcome> {
    const match = this.#options.fail ? this.#matchOf(request) : undefined;
    const failing = match && this.#perhapsFailing(match, preference);
    if (match && failing && failing !== preference)
      return this.#fromContract(match, request, origin, failing);
    const auth = preference.auth ?? this.#options.auth ?? true;
    const response = await backend(toFetchRequest(withoutPreferences(request), origin), { auth });
    const answer = await fromFetchResponse(response);
    return plain(answer, backendReason(answer));
  }

  /** Undefined where the document has no such operation: then the backend says so. */
  #matchOf({ method, path }: Pick<MockRequest, "method" | "path">): Match | undefined {
    try {
      return this.#router.find(method, path);
    } catch {
      return undefined;
    }
  }

  async #fromContract(
    match: Match,
    request: MockRequest,
    origin: string,
    preference: Preference,
  ): Promise<Outcome> {
    const { operation } = match;
    try {
      const made = await this.#contract.answer(match, request, preference);
      this.#sendCallbacks(match, request, origin, made.answer, made);
      return { ...made, operation };
    } catch (error) {
      return { ...refused(error), operation };
    }
  }

  #documentPage(request: MockRequest): Outcome | undefined {
    const page = documentPage(request, this.#documents, this.#router);
    return page && plain(page, "the document itself");
  }

  /** Now and then, as `fail` says, a documented 429 or 5xx. */
  #perhapsFailing({ operation }: Match, preference: Preference): Preference {
    const { fail = 0 } = this.#options;
    if (fail === 0 || this.#chance() >= fail) return preference;
    const codes = operation.responses
      .map(({ code }) => code.replace(/^5XX$/i, "503"))
      .filter((code) => /^(429|5\d\d)$/.test(code));
    const code = codes[Math.floor(this.#chance() * codes.length)];
    if (code !== undefined) return { ...preference, code: Number(code), validate: false, auth: false };
    const detail =
      "The mock was started with --fail, and the document names no 429 or 5xx for this operation.";
    throw new Problem("INJECTED_FAILURE", detail, { headers: { "retry-after": "1" } });
  }

  #sendCallbacks(
    match: Match,
    request: MockRequest,
    origin: string,
    answer: MockAnswer,
    bodies: { readonly requestBody: unknown; readonly responseBody: unknown },
  ): void {
    if (match.operation.callbacks.length === 0) return;
    const { headers, query } = request;
    const results = sendCallbacks(match.operation, {
      url: origin + request.path,
      method: request.method,
      status: answer.status,
      // Of a repeated parameter the first.
      request: {
        headers,
        query: Object.fromEntries([...query].reverse()),
        path: match.pathParameters,
        body: bodies.requestBody,
      },
      response: { headers: singleValues(answer.headers), body: bodies.responseBody },
    });
    for (const result of results) void result.then(this.#events.onCallback);
  }
}

function singleValues(headers: MockAnswer["headers"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value].flat().join(", ")]),
  );
}

/** Whether a preference can only be met by the document: a backend knows of no examples, and checks what it gets. */
function asksDocument({ dynamic, seed, validate }: Preference): boolean {
  return dynamic === true || seed !== undefined || validate === false;
}

/** A backend knows nothing of preferences: `?__delay=300` would be an unknown parameter to it. */
function withoutPreferences(request: MockRequest): MockRequest {
  const query = new URLSearchParams([...request.query].filter(([name]) => !name.startsWith("__")));
  return query.size === request.query.size ? request : { ...request, query };
}

function plain(answer: MockAnswer, reason: string): Outcome {
  return { answer, reason, requestViolations: [], responseViolations: [] };
}

function refused(error: unknown): Outcome {
  const problem = error instanceof Problem ? error : new Problem("UNKNOWN", sentence(error));
  const headers = { "content-type": "application/problem+json", ...problem.headers };
  const answer: MockAnswer = { status: problem.status, headers, body: problem.body() };
  const isRequest = problem.type !== "VIOLATIONS";
  return {
    answer,
    reason: problem.message,
    requestViolations: isRequest ? problem.violations : [],
    responseViolations: isRequest ? [] : problem.violations,
  };
}

function sentence(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return `The mock could not answer: ${message.split("\n", 1)[0]}`;
}
