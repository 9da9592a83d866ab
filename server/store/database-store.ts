import type { AuditChainCount } from "./audit/chain.ts";
import {
  type Actor,
  type AuditAction,
  type AuditEvent,
  type AuditKey,
  type Recorder,
  toAuditEvent,
  toKeptFields,
} from "./audit/event.ts";
import { AuditMac } from "./audit/mac.ts";
import { strictlyIncreasingClock } from "./clock.ts";
import type { Engine, Scope } from "./engine.ts";
import { StoreUnavailableError } from "./errors.ts";
import type { Rows } from "./rows.ts";
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
  StoreRules,
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

/** How many rows one transaction removes at most, so that others wait for none for long. */
const removedAtOnce = 1_000;

/** The `Store` over any engine: what each write may touch, which rule decides it, and what is recorded of it. */
export class DatabaseStore implements Store {
  readonly #engine: Engine;
  readonly #rules: StoreRules;
  #mac: AuditMac | undefined;
  readonly #now = strictlyIncreasingClock();
  #closing: Promise<void> | undefined;

  /** @param engine which gives outcomes by the same rules; the store closes it */
  private constructor(engine: Engine, rules: StoreRules) {
    this.#engine = engine;
    this.#rules = rules;
  }

  /** Opens the store over `engine`, which it closes where that fails. */
  static async open(engine: Engine, options: StoreOptions): Promise<Store> {
    const store = new DatabaseStore(engine, options);
    try {
      store.#mac = new AuditMac(await options.auditKey(store));
      engine.openAudit(store.#mac);
      return store;
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  async createUser(user: UserRecord, actor: Actor): Promise<CreateUserOutcome> {
    return this.#write(actor, { userIds: [user.id] }, ({ users }, record) => {
      const outcome = users.create(user);
      record("user.create", user.id, null, outcome);
      return outcome;
    });
  }

  async listUsers(page: UserPage, reader?: Actor): Promise<ListUsersOutcome> {
    const listed = await this.#open().listUsers(page);
    await this.#record(reader, "user.list", null, null, "success");
    return listed;
  }

  async getUser(id: string, reader?: Actor): Promise<UserRecord | undefined> {
    const user = await this.#open().getUser(id);
    await this.#record(reader, "user.read", id, null, user === undefined ? "unknown-user" : "found");
    return user;
  }

  async deleteUser(id: string, actor: Actor): Promise<void> {
    return this.#write(actor, { userIds: [id] }, (rows, record) => {
      record("user.delete", id, null, this.#rulesOn(rows, record).deleteUser(id));
    });
  }

  async createMethod(
    method: MethodRecord,
    actor: Actor,
    answer?: IdempotentAnswer,
    previousUse?: PreviousUse,
  ): Promise<CreateMethodOutcome> {
    const attributes = JSON.stringify(method.attributes);
    const { userId, id } = method;
    const scope = {
      userIds: [userId],
      credentialIds: credentialIds([method]),
      answers: answer === undefined ? [] : [answer],
    };
    return this.#write(actor, scope, (rows, record) => {
      const result = this.#rulesOn(rows, record).create(method, attributes, answer, previousUse);
      if (result.outcome === "replayed")
        record("authentication_method.replay", userId, result.answer.methodId, "success");
      else record("authentication_method.create", userId, id, result.outcome);
      return result;
    });
  }

  async listMethods(
    userId: string,
    page: { offset: number; limit: number },
    reader?: Actor,
  ): Promise<ListMethodsOutcome> {
    const listed = await this.#open().listMethods(userId, page);
    await this.#record(reader, "authentication_method.list", userId, null, listed.outcome);
    return listed;
  }

  async getMethod(userId: string, id: string, reader?: Actor): Promise<GetMethodOutcome> {
    const found = await this.#open().getMethod(userId, id);
    await this.#record(reader, "authentication_method.read", userId, id, found.outcome);
    return found;
  }

  async updateMethod(
    userId: string,
    id: string,
    patch: MethodPatch,
    actor: Actor,
  ): Promise<UpdateMethodOutcome> {
    return this.#write(actor, { userIds: [userId], methods: [{ userId, id }] }, (rows, record) => {
      const result = this.#rulesOn(rows, record).update(userId, id, patch);
      record("authentication_method.update", userId, id, result.outcome);
      return result;
    });
  }

  async replaceMethods(
    userId: string,
    methods: readonly MethodRecord[],
    actor: Actor,
  ): Promise<ReplaceMethodsOutcome> {
    const scope = { userIds: [userId], credentialIds: credentialIds(methods) };
    return this.#write(actor, scope, (rows, record) => {
      const result = this.#rulesOn(rows, record).replace(userId, methods);
      record("authentication_method.replace", userId, null, result.outcome);
      return result;
    });
  }

  async deleteMethods(userId: string, actor: Actor): Promise<DeleteMethodsOutcome> {
    return this.#write(actor, { userIds: [userId] }, (rows, record) => {
      const outcome = this.#rulesOn(rows, record).deleteAll(userId);
      record("authentication_method.delete_all", userId, null, outcome);
      return outcome;
    });
  }

  async deleteMethod(userId: string, id: string, actor: Actor): Promise<DeleteMethodOutcome> {
    return this.#write(actor, { userIds: [userId] }, (rows, record) => {
      const outcome = this.#rulesOn(rows, record).delete(userId, id);
      record("authentication_method.delete", userId, id, outcome);
      return outcome;
    });
  }

  async findCredential(credentialId: string): Promise<MethodRecord | undefined> {
    return this.#open().findCredential(credentialId);
  }

  async verify(attempt: AnswerAttempt, actor: Actor): Promise<VerifyOutcome> {
    const { userId, id: methodId } = attempt.method;
    const scope = {
      userIds: [userId],
      states: [{ userId, methodId }],
      challenges: attempt.session === undefined ? [] : [{ userId, id: attempt.session.id }],
    };
    return this.#write(actor, scope, (rows, record) => {
      const result = this.#rulesOn(rows, record).verify(attempt);
      record("authentication_method.verify", userId, methodId, result.outcome);
      return result;
    });
  }

  async sendCode(attempt: SendAttempt, actor: Actor): Promise<SendOutcome> {
    const { userId, session } = attempt;
    const state = sendStateKey(attempt);
    const scope = { userIds: [userId], states: [state], challenges: [{ userId, id: session.id }] };
    return this.#write(actor, scope, (rows, record) => {
      const result = this.#rulesOn(rows, record).sendCode(attempt);
      record("authentication_method.send_code", userId, attempt.method?.id ?? null, result.outcome);
      return result;
    });
  }

  async enrolMethod(attempt: EnrolAttempt, actor: Actor): Promise<EnrolOutcome> {
    const { method, session } = attempt;
    const { userId, id } = method;
    const attributes = JSON.stringify(method.attributes);
    const scope = {
      userIds: [userId],
      credentialIds: credentialIds([method]),
      challenges: [{ userId, id: session.id }],
    };
    return this.#write(actor, scope, (rows, record) => {
      const result = this.#rulesOn(rows, record).enrol(attempt, attributes);
      record("authentication_method.create", userId, id, result.outcome);
      return result;
    });
  }

  async getOrCreateSetting(name: string, initial: string): Promise<string> {
    return this.#open().write({
      scope: { settings: [name] },
      decide: ({ settings }) => settings.getOrCreate(name, initial),
    });
  }

  async record(action: AuditAction, actor: Actor): Promise<void> {
    return this.#record(actor, action, null, null, "success");
  }

  async recordRefusedAnswer(actor: Actor, userId: string | null, reason: string): Promise<void> {
    return this.#record(actor, "authentication_method.verify", userId, null, reason);
  }

  async listAuditEvents(userId: string, limit: number, before?: AuditKey): Promise<readonly AuditEvent[]> {
    return (await this.#open().listAuditEvents(userId, limit, before)).map(toAuditEvent);
  }

  async countAuditEvents(): Promise<Omit<AuditChainCount, "id">> {
    const chains = await this.#open().auditChains();
    const sum = (of: "recorded" | "kept") => chains.reduce((total, chain) => total + chain[of], 0);
    return { recorded: sum("recorded"), kept: sum("kept") };
  }

  async removeExpired(now: number, eventsBefore: number): Promise<void> {
    while ((await this.#open().removeExpiredAnswers(now, removedAtOnce)) === removedAtOnce);
    while ((await this.#open().removeExpiredChallenges(now, removedAtOnce)) === removedAtOnce);
    const mac = this.#mac;
    if (mac === undefined) return;
    for (const { id } of await this.#open().auditChains())
      while ((await this.#open().removeAuditEvents(id, eventsBefore, removedAtOnce, mac)) > 0);
  }

  async ping(): Promise<void> {
    return this.#open().ping();
  }

  async close(): Promise<void> {
    this.#closing ??= this.#engine.close();
    return this.#closing;
  }

  #write<Result>(
    actor: Actor,
    scope: Partial<Scope>,
    decide: (rows: Rows, record: Recorder) => Result,
  ): Promise<Result> {
    return this.#open().write({
      scope,
      isRecorded: true,
      decide: (rows) => decide(rows, this.#recorder(rows, actor)),
    });
  }

  /** A read is recorded before it is given: who cannot be named sees nothing. */
  async #record(reader: Actor | undefined, ...event: Parameters<Recorder>): Promise<void> {
    if (reader !== undefined) await this.#write(reader, {}, (_rows, record) => record(...event));
  }

  #recorder(rows: Rows, actor: Actor): Recorder {
    return (action, userId, methodId, outcome) =>
      rows.audit.append({
        occurredAt: this.#now(),
        userId,
        event: toKeptFields(actor, action, methodId, successes.has(outcome) ? "success" : outcome),
      });
  }

  #rulesOn(rows: Rows, record: Recorder): MethodRules {
    return new MethodRules(rows, this.#rules, record);
  }

  #open(): Engine {
    if (this.#closing) throw new StoreUnavailableError("The store is closed.");
    return this.#engine;
  }
}

/** The outcomes that are no refusal. */
const successes: ReadonlySet<string> = new Set([
  "allowed",
  "verified",

  "created",
  "found",
  "updated",
  "replaced",
  "deleted",
  "success",
]);

function credentialIds(methods: readonly MethodRecord[]): readonly string[] {
  return methods.map(({ credentialId }) => credentialId).filter((id) => id !== null);
}
