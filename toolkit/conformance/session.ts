import { isObject, type JsonObject, type Operation } from "../openapi/index.ts";
import { checkAnswer } from "./checks/answer.ts";
import type { CheckName, Fault } from "./checks/fault.ts";
import { checkIntent } from "./checks/intent.ts";
import { Findings } from "./findings.ts";
import { allowsInPath, itemShapes, parameterNames } from "./path-template.ts";
import { Patience } from "./patience.ts";
import { asMeant } from "./request/allowed.ts";
import { Values } from "./request/build.ts";
import type { Authorisation } from "./request/credentials.ts";
import {
  type Body,
  type CredentialChoice,
  type Intent,
  nameOf,
  type Parameters,
  type Phase,
  type RequestCase,
} from "./request/request-case.ts";
import { type Answer, type Exchange, RunEnded, type Sender } from "./request/send.ts";
import { type WrittenRequest, writeRequest } from "./request/write.ts";
import { type Resource, Resources } from "./resources.ts";

const mostAttempts = 4;

/** Whether the contract itself says, with a reason, that a check does not hold for an operation. */
function isIgnored({ document, pointer }: Operation, check: CheckName): boolean {
  const value = document.at(pointer)?.value;
  const ignored = isObject(value) ? value["x-conformance-ignore"] : undefined;
  return isObject(ignored) && typeof ignored[check] === "string" && ignored[check] !== "";
}

/** What one exchange was found to be. */
export interface Outcome {
  readonly exchange: Exchange;
  readonly faults: readonly Fault[];
  readonly made: Resource | undefined;
}

/** What the requests of a run share: how they are written, authorised, sent and judged, and what there is by now. */
export class Session {
  readonly findings = new Findings();
  readonly warnings = new Set<string>();
  readonly resources: Resources;
  readonly values: Values;
  readonly authorisation: Authorisation;
  readonly #baseUrl: string;
  readonly #sender: Sender;
  readonly #maxTime: number;
  readonly #whyGone: () => Promise<string | undefined>;
  readonly #patience: Patience;

  constructor(of: {
    readonly operations: readonly Operation[];
    readonly baseUrl: string;
    readonly sender: Sender;
    readonly authorisation: Authorisation;
    readonly maxTime: number;
    readonly seed: number;
    /** Why the server answers nothing at all; undefined where it does. */
    readonly whyGone?: () => Promise<string | undefined>;
  }) {
    this.resources = new Resources(of.operations);
    this.values = new Values(of.seed);
    this.authorisation = of.authorisation;
    this.#baseUrl = of.baseUrl;
    this.#sender = of.sender;
    this.#maxTime = of.maxTime;
    this.#patience = new Patience(of.maxTime);
    this.#whyGone = of.whyGone ?? (async () => undefined);
  }

  write(request: RequestCase): WrittenRequest {
    const written = writeRequest(request, this.#baseUrl);
    const { headers, query } = this.authorisation.place(request.operation, request.credentials);
    const added = Object.entries(query).map(
      ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
    );
    const url =
      added.length === 0
        ? written.url
        : `${written.url}${written.url.includes("?") ? "&" : "?"}${added.join("&")}`;
    const cookie = [written.headers.cookie, headers.cookie].filter(Boolean).join("; ");
    return { ...written, url, headers: { ...written.headers, ...headers, ...(cookie !== "" && { cookie }) } };
  }

  /**
   * Sends a request and judges the answer; what the run has not made is never deleted.
   *
   * @returns undefined where the request must not be sent
   */
  async send(request: RequestCase): Promise<Outcome | undefined> {
    if (!this.#maySend(request) || this.#patience.isOver(request.operation)) return undefined;
    const outcome = await this.judge(request);
    for (const fault of outcome.faults) this.report(fault, request, outcome.exchange);
    await this.#noteWait(request.operation, outcome);
    return outcome;
  }

  /** @throws RunEnded where the server is gone */
  async #noteWait(operation: Operation, { exchange: { answer } }: Outcome): Promise<void> {
    this.#patience.note(operation, answer);
    if (!this.#patience.isOver(operation)) return;
    const reason = await this.#whyGone();
    if (reason !== undefined)
      throw new RunEnded(
        `The run ended after ${this.sent} requests, because the server has gone (${reason}): see its log.`,
      );
    this.warnings.add(
      `${nameOf(operation)} was left alone after several requests without an answer in time.`,
    );
  }

  /** Sends and judges without telling. */
  async judge(meant: RequestCase): Promise<Outcome> {
    const request = asMeant(meant);
    const exchange = await this.#sender.send(this.write(request));
    const faults = [
      ...checkAnswer(request, exchange, this.#maxTime),
      ...checkIntent(request, exchange),
    ].filter(({ check }) => !isIgnored(request.operation, check));
    const made = this.resources.learn(request, exchange);
    this.#noteCredentials(request, exchange);
    return { exchange, faults, made };
  }

  /** Sends what an answer named; it is not held against an operation. */
  async follow(request: WrittenRequest): Promise<Answer | undefined> {
    return (await this.#sender.send(request)).answer;
  }

  report(fault: Fault, request: RequestCase, exchange: Exchange): boolean {
    return this.findings.add(fault, request, exchange);
  }

  fail(check: CheckName, message: string, request: RequestCase, exchange: Exchange): void {
    this.report({ check, message, key: `${check} ` }, request, exchange);
  }

  /** The plainest request that the contract allows, on something that the run has made where there can be one. */
  async plain(
    operation: Operation,
    phase: Phase,
    options: { readonly fresh?: boolean; readonly resource?: Resource } = {},
  ): Promise<RequestCase> {
    const path = await this.pathTo(operation, phase, options.resource);
    const body = this.values.body(operation, options.fresh ?? false);
    return this.compose(operation, phase, { kind: "valid" }, this.values.parameters(operation, path), body);
  }

  compose(
    operation: Operation,
    phase: Phase,
    intent: Intent,
    parameters: Parameters,
    body: Body | undefined,
    credentials?: CredentialChoice,
  ): RequestCase {
    return {
      operation,
      method: operation.method.toUpperCase(),
      parameters,
      ...(body !== undefined && { body }),
      credentials: credentials ?? this.authorisation.for(operation),
      intent,
      phase,
    };
  }

  /** Values for a path: of what was made for it or before, of what a list told, else none. */
  async pathTo(operation: Operation, phase: Phase, resource?: Resource): Promise<JsonObject> {
    const names = parameterNames(operation.path);
    const bind = ({ values }: Resource) =>
      Object.fromEntries(values.map((value, index) => [names[index] ?? "", value]));
    if (resource !== undefined) return bind(resource);
    // Each operation says for itself what its path takes.
    const fits = ({ values }: Resource) =>
      values.every((value, index) => allowsInPath(operation, index, value));
    for (const shape of itemShapes(operation.path)) {
      const found = await this.#available(shape, phase);
      if (found === undefined || !fits(found)) continue;
      if (operation.method === "post") this.resources.use(found);
      return bind(found);
    }
    if (operation.method !== "get" && operation.method !== "head") return {};
    const known = itemShapes(operation.path)
      .map((shape) => this.resources.seen(shape))
      .find((each) => each !== undefined && fits(each));
    return known === undefined ? {} : bind(known);
  }

  async #available(shape: string, phase: Phase): Promise<Resource | undefined> {
    return this.resources.created(shape) ?? (await this.make(shape, phase));
  }

  /** Makes one more thing of this shape, and first what it belongs to. */
  async make(shape: string, phase: Phase): Promise<Resource | undefined> {
    const creator = this.resources.creatorOf(shape);
    if (creator === undefined || !this.authorisation.suffices(creator)) return undefined;
    for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
      // The document's own example may hold what cannot be there twice, or the only values that the server knows.
      const isFresh = attempt % 2 === 0;
      const request = await this.plain(creator, isFresh ? "generated" : phase, { fresh: isFresh });
      const outcome = await this.send(request);
      if (outcome?.made !== undefined) return outcome.made;
    }
    this.warnings.add(
      `Nothing could be made at ${creator.path}: what needs it was tried with made-up ids only.`,
    );
    return undefined;
  }

  #maySend({ method, operation, parameters, intent, credentials }: RequestCase): boolean {
    if (method !== "DELETE" && operation.method !== "delete") return true;
    if (this.resources.owns(operation.path, parameters.path)) return true;
    // An id that the contract does not allow is nobody's.
    if (intent.kind === "broken" && credentials !== "none" && intent.what.startsWith("path ")) return true;
    return method !== "DELETE";
  }

  #noteCredentials({ operation, intent, credentials }: RequestCase, { answer }: Exchange): void {
    if (intent.kind !== "valid" || answer === undefined) return;
    if (answer.status === 401 || (answer.status === 403 && typeof credentials !== "number"))
      this.warnings.add(
        `${operation.method.toUpperCase()} ${operation.path} was refused with ${answer.status}: give credentials for it with --token, --api-key or --header.`,
      );
  }

  get sent(): number {
    return this.#sender.sent;
  }
}
