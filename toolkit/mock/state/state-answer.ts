import { isObject } from "../../openapi/json.ts";
import type { MockRequest } from "../message.ts";
import { Problem } from "../problem.ts";
import { type Choice, chooseResponse, type Wish } from "../response/negotiation.ts";
import { type Draft, draftResponse } from "../response/response.ts";
import type { Match, Router } from "../router.ts";
import { itemsIn } from "./list.ts";
import type { State, StateOutcome } from "./state.ts";

/** A valid request and what the contract alone would answer. */
export interface StateRequest {
  readonly match: Match;
  readonly request: MockRequest;
  readonly body: unknown;
  readonly choice: Choice;
  readonly draft: Draft;
}

/** An answer out of the remembered state, and why it is what it is. */
export interface StateAnswer {
  readonly draft: Draft;
  readonly reason: string;
}

const unasked: Wish = { dynamic: false, lenient: false, accept: undefined };

/**
 * Applies a request to the state. Undefined where the contract answers alone.
 *
 * @throws Problem 404 or 409 where the document describes no such answer
 */
export function answerFromState(state: State, router: Router, asked: StateRequest): StateAnswer | undefined {
  const { match, request, body, choice, draft } = asked;
  const method = request.method === "head" ? "get" : request.method;
  const outcome = state.apply(match, method, body, request.query, {
    draft,
    listed: () => itemsIn(exampleAt(router, collectionPath(match)), collectionPath(match)),
    item: () => {
      const value = exampleAt(router, match.path);
      return isObject(value) ? value : undefined;
    },
  });
  if (!outcome) return undefined;
  if (outcome.kind !== "answer") return refusal(match, outcome.kind);
  const { value, location } = outcome;
  const located =
    location !== undefined && draft.status === 201 ? { ...draft.headers, location } : draft.headers;
  return { draft: { ...draft, headers: located, value }, reason: `${choice.reason}, ${outcome.reason}` };
}

/** The documented 404 or 409, with its example. */
function refusal({ operation }: Match, kind: Exclude<StateOutcome["kind"], "answer">): StateAnswer {
  const [code, type, detail] =
    kind === "missing"
      ? ([404, "NOT_FOUND", "There is no such resource, or no longer."] as const)
      : ([409, "CONFLICT", "A resource with this id exists already."] as const);
  try {
    const choice = chooseResponse(operation, { ...unasked, code }, () => undefined);
    const draft = draftResponse(operation, choice, { ignoreExamples: false, fillProperties: false });
    return { draft, reason: `${kind} in the remembered state` };
  } catch {
    throw new Problem(type, detail);
  }
}

/** What a GET of a path shows by its examples alone; undefined where there are none. */
function exampleAt(router: Router, path: string): unknown {
  try {
    const { operation } = router.find("get", path);
    return chooseResponse(operation, unasked, () => undefined).example?.value;
  } catch {
    return undefined;
  }
}

function collectionPath({ operation, path }: Match): string {
  return operation.path.endsWith("}") ? path.slice(0, path.lastIndexOf("/")) : path;
}
