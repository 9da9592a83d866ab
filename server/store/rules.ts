import type { Recorder } from "./audit/event.ts";
import type { Rows } from "./rows.ts";
import type {
  CreateMethodOutcome,
  DeleteMethodOutcome,
  DeleteMethodsOutcome,
  IdempotentAnswer,
  MethodPatch,
  MethodRecord,
  PreviousUse,
  ReplaceMethodsOutcome,
  StoreRules,
  UpdateMethodOutcome,
} from "./store.ts";
import type {
  AnswerAttempt,
  EnrolAttempt,
  EnrolOutcome,
  SendAttempt,
  SendOutcome,
  VerifyOutcome,
} from "./verification.ts";
import { VerificationRules } from "./verification-rules.ts";

/**
 * What `Store` promises of the writes to methods, for every database alike, in plain synchronous steps: look,
 * decide, write. They are called inside a transaction that keeps other writers away from the users concerned,
 * so nothing changes between the look and the write.
 */
export class MethodRules {
  readonly #rows: Rows;
  readonly #options: StoreRules;
  readonly #record: Recorder;
  readonly #verification: VerificationRules;

  /** @param record is told of each method that comes or goes in a change of many */
  constructor(rows: Rows, options: StoreRules, record: Recorder) {
    this.#rows = rows;
    this.#options = options;
    this.#verification = new VerificationRules(rows);
    this.#record = record;
  }

  /** `attributes` are those of the method, as JSON. */
  create(
    method: MethodRecord,
    attributes: string,
    answer?: IdempotentAnswer,
    previousUse?: PreviousUse,
  ): CreateMethodOutcome {
    const kept = answer && this.#rows.answers.get(answer, method.createdAt);
    if (kept) return { outcome: "replayed", answer: kept };
    const { userExists, count, isTaken } = this.#rows.methods.room(method);
    if (!userExists && this.#options.unknownUsers === "reject") return { outcome: "unknown-user" };
    if (isTaken) return { outcome: "duplicate" };
    if (count >= this.#options.limits[method.type]) return { outcome: "limit-reached" };
    this.#rows.methods.insert(method, attributes);
    if (answer) this.#rows.answers.keep(answer, method.createdAt);
    if (previousUse) this.#verification.remember(method, previousUse);
    return { outcome: "created" };
  }

  update(userId: string, id: string, patch: MethodPatch): UpdateMethodOutcome {
    if (this.#isUnknown(userId)) return { outcome: "unknown-user" };
    const method = this.#rows.methods.get(userId, id);
    if (!method) return { outcome: "unknown-method" };
    const attributes = { ...method.attributes, ...patch };
    this.#rows.methods.setAttributes(userId, id, JSON.stringify(attributes));
    return { outcome: "updated", method: { ...method, attributes } };
  }

  replace(userId: string, methods: readonly MethodRecord[]): ReplaceMethodsOutcome {
    if (this.#isUnknown(userId)) return { outcome: "unknown-user" };
    if (this.#rows.methods.hasPasskey(userId)) return { outcome: "has-passkey" };
    if (this.#hasDuplicate(userId, methods)) return { outcome: "duplicate" };
    const type = this.#typeBeyondLimit(methods);
    if (type !== undefined) return { outcome: "limit-reached", type };
    this.#removeAll(userId);
    for (const method of methods) {
      this.#rows.methods.insert(method, JSON.stringify(method.attributes));
      this.#record("authentication_method.create", userId, method.id, "success");
    }
    return { outcome: "replaced" };
  }

  deleteAll(userId: string): DeleteMethodsOutcome {
    if (this.#isUnknown(userId)) return "unknown-user";
    if (this.#rows.methods.hasPasskey(userId)) return "has-passkey";
    this.#removeAll(userId);
    return "deleted";
  }

  delete(userId: string, id: string): DeleteMethodOutcome {
    if (this.#isUnknown(userId)) return "unknown-user";
    this.#rows.answers.delete(userId, id);
    if (!this.#rows.methods.delete(userId, id)) return "unknown-method";
    this.#rows.states.delete({ userId, methodId: id });
    return "deleted";
  }

  verify(attempt: AnswerAttempt): VerifyOutcome {
    return this.#verification.verify(attempt);
  }

  sendCode(attempt: SendAttempt): SendOutcome {
    if (this.#isUnknown(attempt.userId)) return { outcome: "unknown-user" };
    return this.#verification.send(attempt);
  }

  /** `attributes` are those of the method, as JSON. Confirming twice is a duplicate like any other. */
  enrol(attempt: EnrolAttempt, attributes: string): EnrolOutcome {
    const { method } = attempt;
    if (this.#isUnknown(method.userId)) return { outcome: "unknown-user" };
    const refusal = this.#verification.refuseEnrolment(attempt);
    if (refusal === "session-spent" && this.#rows.methods.room(method).isTaken)
      return { outcome: "duplicate" };
    if (refusal !== undefined) return { outcome: refusal };
    const { outcome } = this.create(method, attributes);
    if (outcome === "replayed") throw new Error("An enrolment has no Idempotency-Key.");
    if (outcome === "created") this.#verification.confirmEnrolment(attempt);
    return { outcome };
  }

  deleteUser(userId: string): "deleted" | "unknown-user" {
    const isKnown = this.#rows.users.exists(userId);
    const removed = this.#removeAll(userId);
    this.#rows.challenges.deleteAll(userId);
    this.#rows.users.delete(userId);
    return isKnown || removed.length > 0 ? "deleted" : "unknown-user";
  }

  #removeAll(userId: string): readonly string[] {
    const removed = this.#rows.methods.deleteAll(userId);
    this.#rows.states.deleteAll(userId);
    this.#rows.answers.delete(userId);
    for (const id of removed) this.#record("authentication_method.delete", userId, id, "success");
    return removed;
  }

  #isUnknown(userId: string): boolean {
    return this.#options.unknownUsers === "reject" && !this.#rows.users.exists(userId);
  }

  /** What `userId` has itself is about to be removed, so it does not count. */
  #hasDuplicate(userId: string, methods: readonly MethodRecord[]): boolean {
    const claims = methods.flatMap(({ type, uniqueValue, credentialId }) => [
      ...(uniqueValue === null ? [] : [`${type} ${uniqueValue}`]),
      ...(credentialId === null ? [] : [`credential ${credentialId}`]),
    ]);
    const isTaken = ({ credentialId }: MethodRecord) =>
      credentialId !== null && this.#rows.methods.credentialOfAnother(credentialId, userId);
    return new Set(claims).size < claims.length || methods.some(isTaken);
  }

  #typeBeyondLimit(methods: readonly MethodRecord[]): MethodRecord["type"] | undefined {
    const counts = new Map<MethodRecord["type"], number>();
    for (const { type } of methods) {
      const count = (counts.get(type) ?? 0) + 1;
      if (count > this.#options.limits[type]) return type;
      counts.set(type, count);
    }
    return undefined;
  }
}
