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
  UserPage,
  UserRecord,
} from "../store.ts";
import { forgottenAt } from "../verification.ts";
import { auditChains, auditRowsOfUser, removeAuditRows } from "./audit.ts";
import { Housekeeping } from "./housekeeping.ts";
import { migratePostgres } from "./migrate.ts";
import { Primary } from "./primary.ts";
import { ReadQueue } from "./reads.ts";
import { removeExpiredAnswers, removeExpiredChallenges } from "./save.ts";
import { WriteQueue } from "./writes.ts";

/**
 * One PostgreSQL database as a store uses it; any number of servers may share it. Whoever writes to a user holds
 * that user's lock, so that the rules decide on what nobody else is changing.
 */
export class PostgresEngine implements Engine {
  readonly #reads: ReadQueue;
  readonly #writes: WriteQueue;
  readonly #housekeeping: Housekeeping;

  /** @param url of a database whose schema is up to date */
  constructor(url: string, options: Pick<StoreOptions, "unknownUsers">) {
    const primary = new Primary(url);
    this.#reads = new ReadQueue(primary, options);
    this.#writes = new WriteQueue(primary);
    this.#housekeeping = new Housekeeping(primary);
  }

  openAudit(mac: AuditMac): void {
    this.#writes.openAudit(mac);
  }

  write<Result>(write: Write<Result>): Promise<Result> {
    return this.#writes.enqueue(write);
  }

  getUser(id: string): Promise<UserRecord | undefined> {
    return this.#reads.user(id);
  }

  listUsers(page: UserPage): Promise<ListUsersOutcome> {
    return this.#reads.users(page);
  }

  listMethods(
    userId: string,
    { offset, limit }: { offset: number; limit: number },
  ): Promise<ListMethodsOutcome> {
    return this.#reads.list(userId, offset, limit);
  }

  getMethod(userId: string, id: string): Promise<GetMethodOutcome> {
    return this.#reads.method(userId, id);
  }

  findCredential(credentialId: string): Promise<MethodRecord | undefined> {
    return this.#reads.credential(credentialId);
  }

  listAuditEvents(userId: string, limit: number, before?: AuditKey): Promise<readonly AuditRow[]> {
    return this.#reads.run((sql) => auditRowsOfUser(sql, userId, limit, before));
  }

  removeExpiredAnswers(now: number, limit: number): Promise<number> {
    return this.#housekeeping.run((sql) => removeExpiredAnswers(sql, now, limit));
  }

  removeExpiredChallenges(now: number, limit: number): Promise<number> {
    return this.#housekeeping.run((sql) => removeExpiredChallenges(sql, forgottenAt(now), limit));
  }

  removeAuditEvents(chainId: number, moment: number, limit: number, mac: AuditMac): Promise<number> {
    return this.#housekeeping.run((sql) => removeAuditRows(sql, chainId, moment, limit, mac));
  }

  auditChains(): Promise<readonly AuditChainCount[]> {
    return this.#reads.run(auditChains);
  }

  ping(): Promise<void> {
    return this.#reads.ping();
  }

  async close(): Promise<void> {
    await Promise.all([this.#writes.close(), this.#reads.close(), this.#housekeeping.close()]);
  }
}

/**
 * Opens the PostgreSQL database that `url` names and brings its schema up to date.
 *
 * @throws StoreOpenError
 */
export async function openPostgres(
  url: string,
  options: Pick<StoreOptions, "unknownUsers" | "onMigrated">,
): Promise<Engine> {
  const change = await migratePostgres(url);
  if (change.from !== change.to) options.onMigrated?.(change);
  return new PostgresEngine(url, options);
}
