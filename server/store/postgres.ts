import { StoreUnavailableError } from "./errors.ts";
import { migratePostgres } from "./postgres/migrate.ts";
import { PostgresReads } from "./postgres/reads.ts";
import type { Write } from "./postgres/write.ts";
import { WriteQueue } from "./postgres/writes.ts";
import type {
  CreateMethodOutcome,
  CreateUserOutcome,
  DeleteMethodOutcome,
  DeleteMethodsOutcome,
  GetMethodOutcome,
  IdempotentAnswer,
  ListMethodsOutcome,
  MethodPatch,
  MethodRecord,
  ReplaceMethodsOutcome,
  Store,
  StoreOptions,
  UpdateMethodOutcome,
  UserRecord,
} from "./store.ts";

/**
 * A `Store` in a PostgreSQL database, which any number of servers may share. Writes of one event-loop turn share
 * a transaction; whoever writes to a user holds that user's lock, so that the rules decide on what nobody else
 * is changing.
 */
export class PostgresStore implements Store {
  readonly #writes: WriteQueue;
  readonly #reads: PostgresReads;
  #closing: Promise<void> | undefined;

  /** @param url of a database whose schema is up to date */
  constructor(url: string, options: StoreOptions) {
    this.#writes = new WriteQueue(url, options);
    this.#reads = new PostgresReads(url, options);
  }

  async createUser(user: UserRecord): Promise<CreateUserOutcome> {
    return this.#write({ scope: { userIds: [user.id] }, decide: (_rules, { users }) => users.create(user) });
  }

  async getUser(id: string): Promise<UserRecord | undefined> {
    this.#refuseWhenClosed();
    return this.#reads.user(id);
  }

  async deleteUser(id: string): Promise<void> {
    return this.#write({
      scope: { userIds: [id] },
      decide: (_rules, { methods, users }) => {
        methods.deleteAll(id);
        users.delete(id);
      },
    });
  }

  async createMethod(method: MethodRecord, answer?: IdempotentAnswer): Promise<CreateMethodOutcome> {
    const attributes = JSON.stringify(method.attributes);
    return this.#write({
      scope: {
        userIds: [method.userId],
        credentialIds: credentialIds([method]),
        answers: answer === undefined ? [] : [answer],
      },
      decide: (rules) => rules.create(method, attributes, answer),
    });
  }

  async listMethods(userId: string, page: { offset: number; limit: number }): Promise<ListMethodsOutcome> {
    this.#refuseWhenClosed();
    return this.#reads.list(userId, page.offset, page.limit);
  }

  async getMethod(userId: string, id: string): Promise<GetMethodOutcome> {
    this.#refuseWhenClosed();
    return this.#reads.method(userId, id);
  }

  async updateMethod(userId: string, id: string, patch: MethodPatch): Promise<UpdateMethodOutcome> {
    return this.#write({
      scope: { userIds: [userId], methods: [{ userId, id }] },
      decide: (rules) => rules.update(userId, id, patch),
    });
  }

  async replaceMethods(userId: string, methods: readonly MethodRecord[]): Promise<ReplaceMethodsOutcome> {
    return this.#write({
      scope: { userIds: [userId], credentialIds: credentialIds(methods) },
      decide: (rules) => rules.replace(userId, methods),
    });
  }

  async deleteMethods(userId: string): Promise<DeleteMethodsOutcome> {
    return this.#write({ scope: { userIds: [userId] }, decide: (rules) => rules.deleteAll(userId) });
  }

  async deleteMethod(userId: string, id: string): Promise<DeleteMethodOutcome> {
    return this.#write({ scope: { userIds: [userId] }, decide: (rules) => rules.delete(userId, id) });
  }

  async getOrCreateSetting(name: string, initial: string): Promise<string> {
    return this.#write({
      scope: { settings: [name] },
      decide: (_rules, { settings }) => settings.getOrCreate(name, initial),
    });
  }

  async ping(): Promise<void> {
    this.#refuseWhenClosed();
    return this.#reads.ping();
  }

  async close(): Promise<void> {
    this.#closing ??= Promise.all([this.#writes.close(), this.#reads.close()]).then(() => {});
    return this.#closing;
  }

  #write<Result>(write: Write<Result>): Promise<Result> {
    this.#refuseWhenClosed();
    return this.#writes.enqueue(write);
  }

  #refuseWhenClosed(): void {
    if (this.#closing) throw new StoreUnavailableError("The store is closed.");
  }
}

/**
 * Opens the PostgreSQL database that `url` names and brings its schema up to date.
 *
 * @throws StoreOpenError
 */
export async function openPostgresStore(url: string, options: StoreOptions): Promise<Store> {
  await migratePostgres(url);
  return new PostgresStore(url, options);
}

function credentialIds(methods: readonly MethodRecord[]): readonly string[] {
  return methods.map(({ credentialId }) => credentialId).filter((id) => id !== null);
}
