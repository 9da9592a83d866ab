import type { MockAnswer, MockRequest } from "./message.ts";
import type { Violation } from "./violation.ts";

/** The reason of an answer to a browser that asks before it sends. */
export const preflightLabel = "CORS preflight";

/** One request, its answer, and why the answer is what it is. */
export interface Exchange {
  readonly request: MockRequest;
  readonly answer: MockAnswer;
  readonly operationId: string | undefined;
  /** Why this answer was chosen, in a few words. */
  readonly reason: string;
  /** How the request, and then the answer, break the contract. */
  readonly requestViolations: readonly Violation[];
  readonly responseViolations: readonly Violation[];
}
