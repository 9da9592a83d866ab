import { randomUUID } from "node:crypto";
import type { Operation, ResponseDescription } from "./document/operation.ts";
import type { Match, Router } from "./document/router.ts";
import { isJsonObject, type JsonObject } from "./json.ts";
import type { MockAnswer, MockRequest } from "./message.ts";
import type { MockOptions } from "./options.ts";
import { Problem } from "./problem.ts";
import type { Preference } from "./request/preference.ts";
import { type CheckedRequest, checkRequest } from "./request/request-validation.ts";
import { checkSecurity } from "./request/security.ts";
import { selectExample } from "./response/example-selection.ts";
import { type Choice, chooseErrorResponse, chooseResponse, type Wish } from "./response/negotiation.ts";
import {
  type Draft,
  draftResponse,
  type Generation,
  type WrittenResponse,
  writeResponse,
} from "./response/response.ts";
import { withId } from "./state/item.ts";
import { itemsIn } from "./state/list.ts";
import type { State, StateOutcome } from "./state/state.ts";
import { type Violation, violationsHeader } from "./violation.ts";

/** An answer made from the contract, with what it was made of. */
export interface ContractAnswer {
  readonly answer: MockAnswer;
  readonly reason: string;
  readonly requestBody: unknown;
  readonly responseBody: unknown;
  readonly requestViolations: readonly Violation[];
  readonly responseViolations: readonly Violation[];
}

/** Choices kept per operation: more would only mean that clients send ever new `Accept` headers. */
const MOST_CHOICES = 64;
const DETAIL =
  "Your request is not valid and no HTTP validation response was found in the spec, so Prism is generating this error for you.";
const UNAUTHORIZED_DETAIL =
  "Your request does not fullfil the security requirements and no HTTP unauthorized response was found in the spec, so Prism is generating this error for you.";

/** Answers requests from the contract alone, and from what it remembers. */
export class ContractMocker {
  readonly #options: MockOptions;
  readonly #router: Router;
  readonly #state: State | undefined;
  readonly #seed: string;
  readonly #choices = new WeakMap<Operation, Map<string, Choice>>();
  readonly #written = new WeakMap<
    ResponseDescription,
    Map<string, { draft: Draft; written: WrittenResponse }>
  >();
  #answers = 0;

  constructor(router: Router, options: MockOptions, state: State | undefined) {
    this.#router = router;
    this.#options = options;
    this.#state = state;
    this.#seed = options.seed ?? randomUUID();
  }

  /** @throws {Problem} where the document describes no answer to such a request */
  async answer(match: Match, request: MockRequest, preference: Preference): Promise<ContractAnswer> {
    this.#answers += 1;
    const { operation } = match;
    const { body, violations } = await this.#check(match, request, preference);
    const wish: Wish = {
      code: preference.code,
      example: preference.example,
      dynamic: preference.dynamic ?? this.#options.dynamic ?? false,
      accept: request.headers.accept,
    };
    const invalid = violations.some(({ severity }) => severity === "Error");
    const choice = invalid
      ? this.#refusal(operation, violations, wish)
      : this.#choose(match, request, body, wish);
    const generation = this.#generation(match, preference, wish);
    const forced = wish.code !== undefined || wish.example !== undefined;
    if (this.#state && !invalid && !forced) {
      const remembered = this.#remember(this.#state, match, request, body, choice, generation);
      if (remembered)
        return this.#finish(
          remembered.draft,
          writeResponse(remembered.draft),
          body,
          violations,
          remembered.reason,
        );
    }
    const { draft, written } = this.#write(match, choice, generation);
    return this.#finish(draft, written, body, violations, choice.reason);
  }

  async #check(match: Match, request: MockRequest, preference: Preference): Promise<CheckedRequest> {
    const auth = preference.auth ?? this.#options.auth ?? true;
    const validate = preference.validate ?? this.#options.validate ?? true;
    const refusal = auth ? checkSecurity(match.operation, request) : undefined;
    try {
      const { body, violations } = await checkRequest(match, request);
      return { body, violations: [...(refusal ? [refusal] : []), ...(validate ? violations : [])] };
    } catch (error) {
      if (!(error instanceof Problem) || (validate && !refusal)) throw error;
      return { body: undefined, violations: refusal ? [refusal] : [] };
    }
  }

  #refusal(operation: Operation, violations: readonly Violation[], wish: Wish): Choice {
    const choice = chooseErrorResponse(operation, violations, wish);
    if (choice) return choice;
    const unauthorized = violations.find(({ code }) => code === 401);
    if (unauthorized) {
      const challenge = unauthorized.challenges?.join(",");
      throw new Problem(
        "UNAUTHORIZED",
        UNAUTHORIZED_DETAIL,
        challenge ? { headers: { "WWW-Authenticate": challenge } } : {},
      );
    }
    const unsupported = violations.find(({ code }) => code === 415);
    if (unsupported) throw new Problem("INVALID_CONTENT_TYPE", unsupported.message);
    throw new Problem("UNPROCESSABLE_ENTITY", DETAIL, { violations });
  }

  #choose(match: Match, request: MockRequest, body: unknown, wish: Wish): Choice {
    const { operation } = match;
    const choose = () =>
      this.#lenient(wish, () =>
        chooseResponse(operation, wish, (content) =>
          selectExample(operation, content, { path: match.pathParameters, query: request.query, body }),
        ),
      );
    if (operation.choosesByRequest) return choose();
    const key = `${wish.accept}\n${wish.code}\n${wish.example}\n${wish.dynamic}`;
    const known = this.#choices.get(operation) ?? new Map<string, Choice>();
    if (known.size === 0) this.#choices.set(operation, known);
    let choice = known.get(key);
    if (!choice) {
      choice = choose();
      if (known.size < MOST_CHOICES) known.set(key, choice);
    }
    return choice;
  }

  #lenient(wish: Wish, choose: () => Choice): Choice {
    try {
      return choose();
    } catch (error) {
      const undocumented = error instanceof Problem && error.message.startsWith("Requested status code");
      if (!this.#options.lenient || !undocumented || wish.code === undefined) throw error;
      const detail = `Status ${wish.code} was asked for; the document does not define it.`;
      throw new Problem("UNDOCUMENTED", detail, { status: wish.code });
    }
  }

  #generation({ pathParameters, path }: Match, preference: Preference, wish: Wish): Generation {
    const { ignoreExamples = false, fillProperties = false, seed = preference.seed } = this.#options;
    const asked = preference.seed ?? seed;
    // The same id gives the same body; a list may change from one call to the next.
    const stable = asked !== undefined || Object.keys(pathParameters).length > 0;
    const dynamicSeed = `${asked ?? this.#seed} ${path} ${stable ? "" : this.#answers}`;
    return { ignoreExamples, fillProperties, ...(wish.dynamic && { seed: dynamicSeed }) };
  }

  #write(match: Match, choice: Choice, generation: Generation): { draft: Draft; written: WrittenResponse } {
    if (generation.seed !== undefined) {
      const draft = withPathId(match, draftResponse(match.operation, choice, generation));
      return { draft, written: writeResponse(draft) };
    }
    const key = `${choice.status} ${choice.mediaType} ${choice.example?.key}`;
    const known =
      this.#written.get(choice.response) ?? new Map<string, { draft: Draft; written: WrittenResponse }>();
    let result = known.get(key);
    if (!result) {
      const draft = draftResponse(match.operation, choice, generation);
      result = { draft, written: writeResponse(draft) };
      known.set(key, result);
      this.#written.set(choice.response, known);
    }
    return result;
  }

  #remember(
    state: State,
    match: Match,
    request: MockRequest,
    body: unknown,
    choice: Choice,
    generation: Generation,
  ): { draft: Draft; reason: string } | undefined {
    const draft = draftResponse(match.operation, choice, generation);
    const method = request.method === "head" ? "get" : request.method;
    const outcome = state.apply(match, method, body, request.query, {
      draft,
      listed: () => itemsIn(this.#exampleAt(collectionPath(match)), collectionPath(match)),
      item: () => {
        const value = this.#exampleAt(match.path);
        return isJsonObject(value) ? value : undefined;
      },
    });
    if (!outcome) return undefined;
    return this.#fromState(match.operation, outcome, choice, draft, generation);
  }

  #fromState(
    operation: Operation,
    outcome: StateOutcome,
    choice: Choice,
    draft: Draft,
    generation: Generation,
  ) {
    if (outcome.kind === "answer") {
      const location: Record<string, string> =
        outcome.location !== undefined && draft.status === 201 ? { location: outcome.location } : {};
      return {
        draft: { ...draft, headers: { ...draft.headers, ...location }, value: outcome.value },
        reason: `${choice.reason}, ${outcome.reason}`,
      };
    }
    const [code, type, detail] =
      outcome.kind === "missing"
        ? ([404, "NOT_FOUND", "There is no such resource, or no longer."] as const)
        : ([409, "CONFLICT", "A resource with this id exists already."] as const);
    try {
      const documented = chooseResponse(
        operation,
        { code, accept: undefined, dynamic: false },
        () => undefined,
      );
      return {
        draft: draftResponse(operation, documented, generation),
        reason: `${outcome.kind} in the remembered state`,
      };
    } catch {
      throw new Problem(type, detail);
    }
  }

  /** What a GET of a path shows by its examples alone; undefined where there are none. */
  #exampleAt(path: string): unknown {
    try {
      const { operation } = this.#router.find("get", path);
      const choice = chooseResponse(operation, { dynamic: false, accept: undefined }, () => undefined);
      return choice.example?.value;
    } catch {
      return undefined;
    }
  }

  #finish(
    draft: Draft,
    { status, headers, body, violations: responseViolations }: WrittenResponse,
    requestBody: unknown,
    requestViolations: readonly Violation[],
    reason: string,
  ): ContractAnswer {
    const broken = requestViolations.length + responseViolations.length > 0;
    const violations = broken
      ? { "sl-violations": violationsHeader(requestViolations, responseViolations) }
      : undefined;
    const errors = responseViolations.filter(({ severity }) => severity === "Error");
    if (this.#options.errors && errors.length > 0) {
      const detail =
        "Your request/response is not valid and the --errors flag is set, so Prism is generating this error for you.";
      const located = errors.map((violation) => ({
        ...violation,
        location: ["response", ...(violation.location ?? [])],
      }));
      throw new Problem("VIOLATIONS", detail, { violations: located, headers: { ...violations } });
    }
    return {
      answer: { status, headers: violations ? { ...headers, ...violations } : headers, body },
      reason,
      requestBody,
      responseBody: draft.value,
      requestViolations,
      responseViolations,
    };
  }
}

function collectionPath({ operation, path }: Match): string {
  return operation.path.endsWith("}") ? path.slice(0, path.lastIndexOf("/")) : path;
}

/** A generated item carries the id it was asked by, where its schema allows that. */
function withPathId({ operation, pathParameters }: Match, draft: Draft): Draft {
  const name = Object.keys(pathParameters).at(-1);
  if (name === undefined || !operation.path.endsWith(`{${name}}`) || !isJsonObject(draft.value)) return draft;
  if (draft.status >= 300 || (!Object.hasOwn(draft.value, "id") && !Object.hasOwn(draft.value, name)))
    return draft;
  const value: JsonObject = withId(draft.value, name, pathParameters[name] ?? "");
  return draft.schema?.validator.accepts(value) ? { ...draft, value } : draft;
}
