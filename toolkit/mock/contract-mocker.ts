import { randomUUID } from "node:crypto";
import type { ReadBody } from "../openapi/body.ts";
import { isObject, type JsonObject } from "../openapi/json.ts";
import type { Operation, ResponseDescription } from "../openapi/operation.ts";
import type { MockAnswer, MockRequest } from "./message.ts";
import type { MockOptions } from "./options.ts";
import { Problem } from "./problem.ts";
import { parseBody } from "./request/body.ts";
import type { Preference } from "./request/preference.ts";
import { checkRequest } from "./request/request-validation.ts";
import { checkSecurity } from "./request/security.ts";
import { selectExample } from "./response/example-selection.ts";
import { type Choice, chooseResponse, type Wish } from "./response/negotiation.ts";
import { chooseRefusal } from "./response/refusal.ts";
import {
  type Draft,
  draftResponse,
  type Generation,
  type WrittenResponse,
  writeResponse,
} from "./response/response.ts";
import type { Match, Router } from "./router.ts";
import { validatorOf } from "./schema/validator.ts";
import { withId } from "./state/item.ts";
import type { State } from "./state/state.ts";
import { answerFromState } from "./state/state-answer.ts";
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
const mostChoices = 64;

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

  /** @throws Problem where the document describes no answer to such a request */
  async answer(match: Match, request: MockRequest, preference: Preference): Promise<ContractAnswer> {
    this.#answers += 1;
    const { operation } = match;
    const validate = preference.validate ?? this.#options.validate ?? true;
    const auth = preference.auth ?? this.#options.auth ?? true;
    const refusal = auth ? checkSecurity(operation, request) : undefined;
    // Most requests have no body: nothing to wait for.
    const { parsed, malformed } =
      request.body.length === 0 ? nothing : await parse(operation, request, validate && !refusal);
    const { body, violations: found } = checkRequest(match, request, parsed);
    const violations = [refusal, malformed, ...(validate ? found : [])].filter((each) => each !== undefined);
    const wish: Wish = {
      code: preference.code,
      example: preference.example,
      dynamic: preference.dynamic ?? this.#options.dynamic ?? false,
      lenient: this.#options.lenient ?? false,
      // An empty header says as little as none (RFC 9110, section 12.5.1).
      accept: request.headers.accept?.trim() || undefined,
    };
    const invalid = violations.some(({ severity }) => severity === "Error");
    const choice = invalid
      ? chooseRefusal(operation, violations, wish)
      : this.#choose(match, request, body, wish);
    const generation = this.#generation(match, preference, wish);
    const forced = wish.code !== undefined || wish.example !== undefined;
    if (this.#state && !invalid && !forced) {
      const draft = draftResponse(operation, choice, generation);
      const remembered = answerFromState(this.#state, this.#router, { match, request, body, choice, draft });
      if (remembered) {
        const written = writeResponse(remembered.draft);
        return this.#finish(remembered.draft, written, body, violations, remembered.reason);
      }
    }
    const { draft, written } = this.#write(match, choice, generation);
    return this.#finish(draft, challenged(written, refusal), body, violations, choice.reason);
  }

  #choose(match: Match, request: MockRequest, body: unknown, wish: Wish): Choice {
    const { operation } = match;
    const choose = () =>
      chooseResponse(operation, wish, (content) =>
        selectExample(operation, content, { path: match.pathParameters, query: request.query, body }),
      );
    if (operation.choosesByRequest) return choose();
    const key = `${wish.accept}\n${wish.code}\n${wish.example}\n${wish.dynamic}`;
    const known = this.#choices.get(operation) ?? new Map<string, Choice>();
    if (known.size === 0) this.#choices.set(operation, known);
    let choice = known.get(key);
    if (!choice) {
      choice = choose();
      if (known.size < mostChoices) known.set(key, choice);
    }
    return choice;
  }

  #generation({ pathParameters, path }: Match, preference: Preference, wish: Wish): Generation {
    const { ignoreExamples = false, fillProperties = false } = this.#options;
    const asked = preference.seed ?? this.#options.seed;
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

/** Whoever refuses credentials says what it asks for (RFC 9110 §11.6.1), though the document forgets the header. */
function challenged(written: WrittenResponse, refusal: Violation | undefined): WrittenResponse {
  const challenge = refusal?.challenges?.join(",");
  if (written.status !== 401 || !challenge) return written;
  const isThere = Object.keys(written.headers).some((name) => name.toLowerCase() === "www-authenticate");
  return isThere ? written : { ...written, headers: { ...written.headers, "WWW-Authenticate": challenge } };
}

interface Parsed {
  /** Undefined: it cannot be read. */
  readonly parsed: ReadBody | undefined;
  /** Why, where that breaks the contract. */
  readonly malformed?: Violation;
}

const nothing: Parsed = { parsed: undefined };

/** @param strict false: a body that cannot be read counts as undefined */
async function parse(operation: Operation, request: MockRequest, strict: boolean): Promise<Parsed> {
  try {
    return { parsed: await parseBody(operation, request) };
  } catch (error) {
    if (!(error instanceof Problem) || (strict && error.type !== "MALFORMED_JSON")) throw error;
    if (!strict) return nothing;
    return { parsed: undefined, malformed: { code: 400, message: error.message, severity: "Error" } };
  }
}

/** A generated item carries the id it was asked by, where its schema allows that. */
function withPathId({ operation, pathParameters }: Match, draft: Draft): Draft {
  const name = Object.keys(pathParameters).at(-1);
  if (name === undefined || !operation.path.endsWith(`{${name}}`) || !isObject(draft.value)) return draft;
  if (draft.status >= 300 || (!Object.hasOwn(draft.value, "id") && !Object.hasOwn(draft.value, name)))
    return draft;
  const value: JsonObject = withId(draft.value, name, pathParameters[name] ?? "");
  return draft.schema && validatorOf(draft.schema).accepts(value) ? { ...draft, value } : draft;
}
