import type { Operation } from "../openapi/index.ts";
import type { Answer } from "./request/send.ts";

/** Requests in a row without an answer, and with a slow one, after which an operation is left alone. */
const mostUnanswered = 3;
const mostSlow = 10;

/** How long an operation that does not answer in time is asked again. */
export class Patience {
  readonly #maxTime: number;
  readonly #waits = new Map<Operation, { readonly unanswered: number; readonly slow: number }>();

  /** @param maxTime milliseconds after which an answer is slow */
  constructor(maxTime: number) {
    this.#maxTime = maxTime;
  }

  /** @param answer undefined: there was none */
  note(operation: Operation, answer: Answer | undefined): void {
    const { unanswered, slow } = this.#waits.get(operation) ?? { unanswered: 0, slow: 0 };
    this.#waits.set(operation, {
      unanswered: answer === undefined ? unanswered + 1 : 0,
      slow: answer === undefined || answer.milliseconds > this.#maxTime ? slow + 1 : 0,
    });
  }

  isOver(operation: Operation): boolean {
    const { unanswered = 0, slow = 0 } = this.#waits.get(operation) ?? {};
    return unanswered >= mostUnanswered || slow >= mostSlow;
  }
}
