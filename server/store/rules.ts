import type {
  CreateMethodOutcome,
  DeleteMethodOutcome,
  DeleteMethodsOutcome,
  IdempotentAnswer,
  MethodPatch,
  MethodRecord,
  ReplaceMethodsOutcome,
  StoreOptions,
  UpdateMethodOutcome,
} from "./store.ts";

/** What decides whether a method may be created. */
export interface Room {
  readonly userExists: boolean;
  /** How many methods of its type the user has. */
  readonly count: number;
  /** Whether its unique value or its credential is another's. */
  readonly isTaken: boolean;
}

/** The methods that the rules see and change, with the credentials they hold. */
export interface MethodRows {
  room(method: MethodRecord): Room;
  /** Whether a user other than `userId` has registered the credential. */
  credentialOfAnother(credentialId: string, userId: string): boolean;
  hasPasskey(userId: string): boolean;
  get(userId: string, id: string): MethodRecord | undefined;
  /** `attributes` are those of the method, as JSON. */
  insert(method: MethodRecord, attributes: string): void;
  setAttributes(userId: string, id: string, attributes: string): void;
  /** Whether there was one. */
  delete(userId: string, id: string): boolean;
  deleteAll(userId: string): void;
}

/** The users that the rules see. */
export interface UserRows {
  exists(id: string): boolean;
}

/** The idempotent answers that the rules see and keep. */
export interface IdempotentAnswerRows {
  /** The answer kept under the key of `answer`, unless it has expired at `now` (microseconds since the UNIX epoch). */
  get(answer: IdempotentAnswer, now: number): IdempotentAnswer | undefined;
  keep(answer: IdempotentAnswer, now: number): void;
}

/**
 * What `Store` promises of the writes to methods, for every database alike, in plain synchronous steps: look,
 * decide, write. They are called inside a transaction that keeps other writers away from the users concerned,
 * so nothing changes between the look and the write.
 */
export class MethodRules {
  readonly #rows: MethodRows;
  readonly #users: UserRows;
  readonly #answers: IdempotentAnswerRows;
  readonly #options: StoreOptions;

  constructor(rows: MethodRows, users: UserRows, answers: IdempotentAnswerRows, options: StoreOptions) {
    this.#rows = rows;
    this.#users = users;
    this.#answers = answers;
    this.#options = options;
  }

  /** `attributes` are those of the method, as JSON. */
  create(method: MethodRecord, attributes: string, answer?: IdempotentAnswer): CreateMethodOutcome {
    const kept = answer && this.#answers.get(answer, method.createdAt);
    if (kept) return { outcome: "replayed", answer: kept };
    const { userExists, count, isTaken } = this.#rows.room(method);
    if (!userExists && this.#options.unknownUsers === "reject") return { outcome: "unknown-user" };
    if (isTaken) return { outcome: "duplicate" };
    if (count >= this.#options.limits[method.type]) return { outcome: "limit-reached" };
    this.#rows.insert(method, attributes);
    if (answer) this.#answers.keep(answer, method.createdAt);
    return { outcome: "created" };
  }

  update(userId: string, id: string, patch: MethodPatch): UpdateMethodOutcome {
    if (this.#isUnknown(userId)) return { outcome: "unknown-user" };
    const method = this.#rows.get(userId, id);
    if (!method) return { outcome: "unknown-method" };
    const attributes = { ...method.attributes, ...patch };
    this.#rows.setAttributes(userId, id, JSON.stringify(attributes));
    return { outcome: "updated", method: { ...method, attributes } };
  }

  replace(userId: string, methods: readonly MethodRecord[]): ReplaceMethodsOutcome {
    if (this.#isUnknown(userId)) return { outcome: "unknown-user" };
    if (this.#rows.hasPasskey(userId)) return { outcome: "has-passkey" };
    if (this.#hasDuplicate(userId, methods)) return { outcome: "duplicate" };
    const type = this.#typeBeyondLimit(methods);
    if (type !== undefined) return { outcome: "limit-reached", type };
    this.#rows.deleteAll(userId);
    for (const method of methods) this.#rows.insert(method, JSON.stringify(method.attributes));
    return { outcome: "replaced" };
  }

  deleteAll(userId: string): DeleteMethodsOutcome {
    if (this.#isUnknown(userId)) return "unknown-user";
    if (this.#rows.hasPasskey(userId)) return "has-passkey";
    this.#rows.deleteAll(userId);
    return "deleted";
  }

  delete(userId: string, id: string): DeleteMethodOutcome {
    if (this.#isUnknown(userId)) return "unknown-user";
    return this.#rows.delete(userId, id) ? "deleted" : "unknown-method";
  }

  #isUnknown(userId: string): boolean {
    return this.#options.unknownUsers === "reject" && !this.#users.exists(userId);
  }

  /** What `userId` has itself is about to be removed, so it does not count. */
  #hasDuplicate(userId: string, methods: readonly MethodRecord[]): boolean {
    const claims = methods.flatMap(({ type, uniqueValue, credentialId }) => [
      ...(uniqueValue === null ? [] : [`${type} ${uniqueValue}`]),
      ...(credentialId === null ? [] : [`credential ${credentialId}`]),
    ]);
    const isTaken = ({ credentialId }: MethodRecord) =>
      credentialId !== null && this.#rows.credentialOfAnother(credentialId, userId);
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
