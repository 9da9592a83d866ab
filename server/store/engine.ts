import type { AuditChainCount } from "./audit/chain.ts";
import type { AuditKey, AuditRow } from "./audit/event.ts";
import type { AuditMac } from "./audit/mac.ts";
import type { Rows } from "./rows.ts";
import type {
  GetMethodOutcome,
  IdempotentAnswer,
  ListMethodsOutcome,
  ListUsersOutcome,
  MethodRecord,
  UserPage,
  UserRecord,
} from "./store.ts";
import type { ChallengeKey, StateKey } from "./verification.ts";

/** What one write may touch, for an engine that has to lock or load it before it is decided. */
export interface Scope {
  readonly userIds: readonly string[];
  /** The credentials that may be claimed. */
  readonly credentialIds: readonly string[];
  /** The methods that may be changed. */
  readonly methods: readonly { readonly userId: string; readonly id: string }[];
  /** The answers that may be replayed or kept. */
  readonly answers: readonly IdempotentAnswer[];
  /** The names of the settings that may be read or kept. */
  readonly settings: readonly string[];
  /** The states that may be changed. */
  readonly states: readonly StateKey[];
  /** The challenges that may be answered. */
  readonly challenges: readonly ChallengeKey[];
}

/** A write of a `Store`: what it may touch, and how it is decided on that. */
export interface Write<Result> {
  readonly scope: Partial<Scope>;
  /** Whether something is recorded in the audit trail. */
  readonly isRecorded?: boolean;
  /** Synchronous; touches nothing but `rows`, and runs more than once where another write comes first or fails. */
  readonly decide: (rows: Rows) => Result;
}

/**
 * A database as `DatabaseStore` uses it. The writes of one event-loop turn share a transaction, and so do its
 * reads; a write is decided on rows that nobody else changes meanwhile, a read sees all that is committed when
 * it runs.
 *
 * @throws StoreUnavailableError, StoreFullError from any method
 */
export interface Engine {
  /** Gives the key of the audit trail, before the first write that is recorded there. */
  openAudit(mac: AuditMac): void;
  /** Resolves with what `decide` has given, once that is durable. */
  write<Result>(write: Write<Result>): Promise<Result>;
  getUser(id: string): Promise<UserRecord | undefined>;
  listUsers(page: UserPage): Promise<ListUsersOutcome>;
  listMethods(userId: string, page: { offset: number; limit: number }): Promise<ListMethodsOutcome>;
  getMethod(userId: string, id: string): Promise<GetMethodOutcome>;
  findCredential(credentialId: string): Promise<MethodRecord | undefined>;
  /** Up to `limit` events of a user, the latest first, from the one before `before` on. */
  listAuditEvents(userId: string, limit: number, before?: AuditKey): Promise<readonly AuditRow[]>;
  /** Removes answers that have expired at `now`, at most `limit`, and gives how many. */
  removeExpiredAnswers(now: number, limit: number): Promise<number>;
  /** Likewise the challenges that are forgotten at `now`. */
  removeExpiredChallenges(now: number, limit: number): Promise<number>;
  /** Removes events that occurred before `moment` from a chain, at most `limit`, and gives how many. */
  removeAuditEvents(chainId: number, moment: number, limit: number, mac: AuditMac): Promise<number>;
  /** The chains, the register aside. */
  auditChains(): Promise<readonly AuditChainCount[]>;
  /** Resolves when a request could be served now. */
  ping(): Promise<void>;
  /** Settles what is under way, then closes; nothing is asked of it afterwards. */
  close(): Promise<void>;
}
