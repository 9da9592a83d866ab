import type { DatabaseSync } from "node:sqlite";
import { StoreUnavailableError } from "./errors.ts";
import { MethodRules } from "./rules.ts";
import { connect } from "./sqlite/connection.ts";
import { SqliteMethodReads } from "./sqlite/method-reads.ts";
import { ReadQueue } from "./sqlite/reads.ts";
import { SqliteIdempotentAnswers } from "./sqlite/rows/answers.ts";
import { SqliteMethodRows } from "./sqlite/rows/methods.ts";
import { SqliteSettings } from "./sqlite/rows/settings.ts";
import { SqliteUsers } from "./sqlite/rows/users.ts";
import { Transaction } from "./sqlite/transaction.ts";
import { WriteQueue } from "./sqlite/writes.ts";
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
 * A `Store` in one SQLite file. Writes, and likewise reads, wait in a queue for the transaction of their
 * event-loop turn; reads see what is committed. Other processes may use the same file at the same time.
 */
export class SqliteStore implements Store {
  readonly #database: DatabaseSync;
  readonly #reads: ReadQueue;
  readonly #writes: WriteQueue;
  readonly #users: SqliteUsers;
  readonly #rows: SqliteMethodRows;
  readonly #methodReads: SqliteMethodReads;
  readonly #rules: MethodRules;
  readonly #settings: SqliteSettings;
  #closing: Promise<void> | undefined;

  /** @param database as `connect` opens it; the store closes it. */
  constructor(database: DatabaseSync, options: StoreOptions) {
    this.#database = database;
    const transaction = new Transaction(database);
    this.#reads = new ReadQueue(transaction);
    this.#writes = new WriteQueue(transaction);
    this.#users = new SqliteUsers(database);
    this.#rows = new SqliteMethodRows(database);
    this.#settings = new SqliteSettings(database);
    this.#methodReads = new SqliteMethodReads(this.#rows, this.#users, options);
    this.#rules = new MethodRules(this.#rows, this.#users, new SqliteIdempotentAnswers(database), options);
  }

  async createUser(user: UserRecord): Promise<CreateUserOutcome> {
    return this.#write(() => this.#users.create(user));
  }

  async getUser(id: string): Promise<UserRecord | undefined> {
    return this.#read(() => this.#users.get(id));
  }

  async deleteUser(id: string): Promise<void> {
    return this.#write(() => {
      this.#rows.deleteAll(id);
      this.#users.delete(id);
    });
  }

  async createMethod(method: MethodRecord, answer?: IdempotentAnswer): Promise<CreateMethodOutcome> {
    const attributes = JSON.stringify(method.attributes);
    return this.#write(() => this.#rules.create(method, attributes, answer));
  }

  async listMethods(userId: string, page: { offset: number; limit: number }): Promise<ListMethodsOutcome> {
    return this.#read(() => this.#methodReads.list(userId, page.offset, page.limit));
  }

  async getMethod(userId: string, id: string): Promise<GetMethodOutcome> {
    return this.#read(() => this.#methodReads.get(userId, id));
  }

  async updateMethod(userId: string, id: string, patch: MethodPatch): Promise<UpdateMethodOutcome> {
    return this.#write(() => this.#rules.update(userId, id, patch));
  }

  async replaceMethods(userId: string, methods: readonly MethodRecord[]): Promise<ReplaceMethodsOutcome> {
    return this.#write(() => this.#rules.replace(userId, methods));
  }

  async deleteMethods(userId: string): Promise<DeleteMethodsOutcome> {
    return this.#write(() => this.#rules.deleteAll(userId));
  }

  async deleteMethod(userId: string, id: string): Promise<DeleteMethodOutcome> {
    return this.#write(() => this.#rules.delete(userId, id));
  }

  async getOrCreateSetting(name: string, initial: string): Promise<string> {
    return this.#write(() => this.#settings.getOrCreate(name, initial));
  }

  async ping(): Promise<void> {
    // A look for any row reaches the file and the schema.
    await this.#read(() => this.#settings.get("ping"));
  }

  async close(): Promise<void> {
    this.#closing ??= this.#drain().then(() => this.#database.close());
    return this.#closing;
  }

  #write<Result>(work: () => Result): Promise<Result> {
    this.#refuseWhenClosed();
    return this.#writes.enqueue(work);
  }

  #read<Result>(query: () => Result): Promise<Result> {
    this.#refuseWhenClosed();
    return this.#reads.enqueue(query);
  }

  async #drain(): Promise<void> {
    await this.#reads.drain();
    await this.#writes.drain();
  }

  #refuseWhenClosed(): void {
    if (this.#closing) throw new StoreUnavailableError("The store is closed.");
  }
}

/**
 * Opens, and where need be creates, the database in the file `path`; `:memory:` for one that is gone with the process.
 *
 * @throws StoreOpenError
 */
export function openSqliteStore(path: string, options: StoreOptions): Store {
  return new SqliteStore(connect(path), options);
}
