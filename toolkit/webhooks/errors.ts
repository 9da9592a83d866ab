import type { Violation } from "../fastify/errors.ts";

/** What the application wanted to send is not what its contract says: nothing was sent. */
export class InvalidMessageError extends Error {
  override readonly name = "InvalidMessageError";
  readonly operationId: string;
  readonly violation: Violation | undefined;

  constructor(operationId: string, reason: string, violation?: Violation) {
    super(`${operationId} was not sent: ${reason}`);
    this.operationId = operationId;
    this.violation = violation;
  }
}

/** The receiver has answered with something that the contract does not document. The message was received. */
export class UndocumentedAnswerError extends Error {
  override readonly name = "UndocumentedAnswerError";
  readonly operationId: string;
  readonly status: number;
  /** The body as it was read. */
  readonly body: unknown;
  readonly violation: Violation | undefined;

  constructor(
    operationId: string,
    answer: { readonly status: number; readonly body: unknown },
    reason: string,
    violation?: Violation,
  ) {
    super(`The receiver of ${operationId} broke the contract: ${reason}`);
    this.operationId = operationId;
    this.status = answer.status;
    this.body = answer.body;
    this.violation = violation;
  }
}
