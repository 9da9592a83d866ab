import type { Engine, Write } from "./engine.ts";
import { StoreUnavailableError } from "./errors.ts";
import { MethodRules } from "./rules.ts";
import type {
  CreateMethodOutcome,
  CreateUserOutcome,
  DeleteMethodOutcome,
  DeleteMethodsOutcome,
  GetMethodOutcome,
  IdempotentAnswer,
  ListMethodsOutcome,
  ListUsersOutcome,
  MethodPatch,
  MethodRecord,
  PreviousUse,
  ReplaceMethodsOutcome,
  Store,
  StoreOptions,
  UpdateMethodOutcome,
  UserPage,
  UserRecord,
} from "./store.ts";
import type {
  AnswerAttempt,
  EnrolAttempt,
  EnrolOutcome,
  SendAttempt,
  SendOutcome,
  VerifyOutcome,
} from "./verification.ts";
import { sendStateKey } from "./verification-rules.ts";

/** The `Store` over any engine: what each write may touch, and which rule decides it. */
export class DatabaseStore implements Store {
  readonly #engine: Engine;
  readonly #options: StoreOptions;
  #closing: Promise<void> | undefined;

  /** @param engine of the same `options`; the store closes it */
  constructor(engine: Engine, options: StoreOptions) {
    this.#engine = engine;
    this.#options = options;
  }

  async createUser(user: UserRecord): Promise<CreateUserOutcome> {
    return this.#write({ scope: { userIds: [user.id] }, decide: ({ users }) => users.create(user) });
  }

  async getUser(id: string): Promise<UserRecord | undefined> {
    return this.#open().getUser(id);
  }

  async listUsers(page: UserPage): Promise<ListUsersOutcome> {
    return this.#open().listUsers(page);
  }

  async deleteUser(id: string): Promise<void> {
    return this.#write({
      scope: { userIds: [id] },
      decide: ({ methods, users, states, challenges }) => {
        methods.deleteAll(id);
        states.deleteAll(id);
        challenges.deleteAll(id);
        users.delete(id);
      },
    });
  }

  async createMethod(
    method: MethodRecord,
    answer?: IdempotentAnswer,
    previousUse?: PreviousUse,
  ): Promise<CreateMethodOutcome> {
    const attributes = JSON.stringify(method.attributes);
    const { userId } = method;
    return this.#write({
      scope: {
        userIds: [userId],
        credentialIds: credentialIds([method]),
        answers: answer === undefined ? [] : [answer],
      },
      decide: (rows) => this.#rules(rows).create(method, attributes, answer, previousUse),
    });
  }

  async listMethods(userId: string, page: { offset: number; limit: number }): Promise<ListMethodsOutcome> {
    return this.#open().listMethods(userId, page);
  }

  async getMethod(userId: string, id: string): Promise<GetMethodOutcome> {
    return this.#open().getMethod(userId, id);
  }

  async updateMethod(userId: string, id: string, patch: MethodPatch): Promise<UpdateMethodOutcome> {
    return this.#write({
      scope: { userIds: [userId], methods: [{ userId, id }] },
      decide: (rows) => this.#rules(rows).update(userId, id, patch),
    });
  }

  async replaceMethods(userId: string, methods: readonly MethodRecord[]): Promise<ReplaceMethodsOutcome> {
    return this.#write({
      scope: { userIds: [userId], credentialIds: credentialIds(methods) },
      decide: (rows) => this.#rules(rows).replace(userId, methods),
    });
  }

  async deleteMethods(userId: string): Promise<DeleteMethodsOutcome> {
    return this.#write({
      scope: { userIds: [userId] },
      decide: (rows) => this.#rules(rows).deleteAll(userId),
    });
  }

  async deleteMethod(userId: string, id: string): Promise<DeleteMethodOutcome> {
    return this.#write({
      scope: { userIds: [userId] },
      decide: (rows) => this.#rules(rows).delete(userId, id),
    });
  }

  async findCredential(credentialId: string): Promise<MethodRecord | undefined> {
    return this.#open().findCredential(credentialId);
  }

  async verify(attempt: AnswerAttempt): Promise<VerifyOutcome> {
    const { userId, id: methodId } = attempt.method;
    return this.#write({
      scope: {
        userIds: [userId],
        states: [{ userId, methodId }],
        challenges: attempt.session === undefined ? [] : [{ userId, id: attempt.session.id }],
      },
      decide: (rows) => this.#rules(rows).verify(attempt),
    });
  }

  async sendCode(attempt: SendAttempt): Promise<SendOutcome> {
    const { userId, session } = attempt;
    return this.#write({
      scope: { userIds: [userId], states: [sendStateKey(attempt)], challenges: [{ userId, id: session.id }] },
      decide: (rows) => this.#rules(rows).sendCode(attempt),
    });
  }

  async enrolMethod(attempt: EnrolAttempt): Promise<EnrolOutcome> {
    const { method, session } = attempt;
    const { userId } = method;
    const attributes = JSON.stringify(method.attributes);
    return this.#write({
      scope: {
        userIds: [userId],
        credentialIds: credentialIds([method]),
        challenges: [{ userId, id: session.id }],
      },
      decide: (rows) => this.#rules(rows).enrol(attempt, attributes),
    });
  }

  async getOrCreateSetting(name: string, initial: string): Promise<string> {
    return this.#write({
      scope: { settings: [name] },
      decide: ({ settings }) => settings.getOrCreate(name, initial),
    });
  }

  async ping(): Promise<void> {
    return this.#open().ping();
  }

  async close(): Promise<void> {
    this.#closing ??= this.#engine.close();
    return this.#closing;
  }

  #write<Result>(write: Write<Result>): Promise<Result> {
    return this.#open().write(write);
  }

  #rules(rows: Parameters<Write<unknown>["decide"]>[0]): MethodRules {
    return new MethodRules(rows, this.#options);
  }

  #open(): Engine {
    if (this.#closing) throw new StoreUnavailableError("The store is closed.");
    return this.#engine;
  }
}

function credentialIds(methods: readonly MethodRecord[]): readonly string[] {
  return methods.map(({ credentialId }) => credentialId).filter((id) => id !== null);
}
