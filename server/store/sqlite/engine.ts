import type { DatabaseSync } from "node:sqlite";
import type { AuditChainCount } from "../audit/chain.ts";
import type { AuditKey, AuditRow } from "../audit/event.ts";
import type { AuditMac } from "../audit/mac.ts";
import type { Engine, Write } from "../engine.ts";
import type {
  GetMethodOutcome,
  ListMethodsOutcome,
  ListUsersOutcome,
  MethodRecord,
  StoreOptions,
  UsedMethod,
  UserPage,
  UserRecord,
} from "../store.ts";
import { SqliteAudit } from "./audit.ts";
import { FileGuard } from "./file-guard.ts";
import { ReadQueue } from "./reads.ts";
import { SqliteRows } from "./rows/rows.ts";
import { Transaction } from "./transaction.ts";
import { WriteQueue } from "./writes.ts";

/**
 * One SQLite file as a store uses it. Writes, and likewise reads, wait in a queue for the transaction of their
 * event-loop turn. Other processes may use the same file at the same time.
 */
export class SqliteEngine implements Engine {
  readonly #database: DatabaseSync;
  readonly #reads: ReadQueue;
  readonly #writes: WriteQueue;
  readonly #guard: FileGuard;
  readonly #rows: SqliteRows;
  readonly #audit: SqliteAudit;
  readonly #options: Pick<StoreOptions, "unknownUsers">;

  /** @param database as `connect` opens it; closed with this */
  constructor(
    database: DatabaseSync,
    options: Pick<StoreOptions, "unknownUsers">,
    guard = new FileGuard(database.location()),
  ) {
    this.#database = database;
    this.#options = options;
    const transaction = new Transaction(database);
    this.#guard = guard;
    this.#reads = new ReadQueue(transaction, this.#guard);
    this.#rows = new SqliteRows(database);
    this.#audit = new SqliteAudit(database);
    this.#writes = new WriteQueue(transaction, this.#rows.audit, this.#guard);
  }

  openAudit(mac: AuditMac): void {
    this.#rows.audit.open(mac);
  }

  write<Result>({ decide }: Write<Result>): Promise<Result> {
    return this.#writes.enqueue(() => decide(this.#rows));
  }

  getUser(id: string): Promise<UserRecord | undefined> {
    return this.#reads.enqueue(() => this.#rows.users.get(id));
  }

  listUsers({ withTotal, ...page }: UserPage): Promise<ListUsersOutcome> {
    return this.#reads.enqueue(() => ({
      users: this.#rows.users.page(page),
      total: withTotal ? this.#rows.users.count() : undefined,
    }));
  }

  listMethods(
    userId: string,
    { offset, limit }: { offset: number; limit: number },
  ): Promise<ListMethodsOutcome> {
    return this.#reads.enqueue(() => {
      if (this.#isUnknown(userId)) return { outcome: "unknown-user" };
      const { methods, total } = this.#rows.methods.page(userId, offset, limit);
      const lastUses = this.#rows.states.lastUses(userId);
      return {
        outcome: "found",
        methods: methods.map((method) => withLastUse(method, lastUses.get(method.id))),
        total,
      };
    });
  }

  getMethod(userId: string, id: string): Promise<GetMethodOutcome> {
    return this.#reads.enqueue(() => {
      if (this.#isUnknown(userId)) return { outcome: "unknown-user" };
      const method = this.#rows.methods.get(userId, id);
      if (method === undefined) return { outcome: "unknown-method" };
      const state = this.#rows.states.get({ userId, methodId: id });
      return { outcome: "found", method: withLastUse(method, state?.lastAuthAt) };
    });
  }

  findCredential(credentialId: string): Promise<MethodRecord | undefined> {
    return this.#reads.enqueue(() => this.#rows.methods.ofCredential(credentialId));
  }

  listAuditEvents(userId: string, limit: number, before?: AuditKey): Promise<readonly AuditRow[]> {
    return this.#reads.enqueue(() => this.#audit.ofUser(userId, limit, before));
  }

  removeExpiredAnswers(now: number, limit: number): Promise<number> {
    return this.#writes.enqueue(() => this.#rows.answers.removeExpired(now, limit));
  }

  removeExpiredChallenges(now: number, limit: number): Promise<number> {
    return this.#writes.enqueue(() => this.#rows.challenges.removeExpired(now, limit));
  }

  removeAuditEvents(chainId: number, moment: number, limit: number, mac: AuditMac): Promise<number> {
    return this.#writes.enqueue(() => this.#audit.remove(chainId, moment, limit, mac));
  }

  auditChains(): Promise<readonly AuditChainCount[]> {
    return this.#reads.enqueue(() => this.#audit.chains());
  }

  async ping(): Promise<void> {
    this.#guard.insist();
    // After a write that failed nobody may send another: a change of nothing reaches the disk, too.
    if (this.#guard.hasFailed) await this.#writes.enqueue(() => touch(this.#database));
    // A look for any row reaches the file and the schema.
    await this.#reads.enqueue(() => this.#rows.settings.get("ping"));
  }

  async close(): Promise<void> {
    await this.#reads.drain();
    await this.#writes.drain();
    this.#database.close();
  }

  #isUnknown(userId: string): boolean {
    return this.#options.unknownUsers === "reject" && !this.#rows.users.exists(userId);
  }
}

function withLastUse(method: MethodRecord, lastAuthAt: number | null | undefined): UsedMethod {
  return lastAuthAt === null || lastAuthAt === undefined ? method : { ...method, lastAuthAt };
}

function touch(database: DatabaseSync): void {
  const version = Number(database.prepare("PRAGMA user_version").get()?.user_version);
  database.exec(`PRAGMA user_version = ${version}`);
}
