import { setImmediate } from "node:timers/promises";
import type { AuditChainRow } from "./audit/chain.ts";
import type { AuditKey, AuditRow } from "./audit/event.ts";
import type { IdempotentAnswer, MethodRecord, UserRecord } from "./store.ts";
import type { AnsweredChallenge, ChallengeKey, MethodState, StateKey } from "./verification.ts";

/** What tells a row of each table from the others, and puts them in order. */
export type UserKey = Pick<UserRecord, "id">;
export type MethodKey = Pick<MethodRecord, "userId" | "id">;
export type AnswerKey = Pick<IdempotentAnswer, "scope" | "key">;

/** A value kept under a name, for example the wrapped key of the fingerprints. */
export interface Setting {
  readonly name: string;
  readonly value: string;
}

/** A ciphertext to put in the place of another, unless that is not there any more. */
export interface Replacement<Key> {
  readonly key: Key;
  readonly from: string;
  readonly to: string;
}

/** How many rows each table has. */
export interface Counts {
  readonly users: number;
  readonly methods: number;
  /** Those of WebAuthn that are registered, one for each method that has one. */
  readonly credentials: number;
  /** The expired ones that are not cleared away yet included. */
  readonly answers: number;
  readonly settings: number;
  /** Those of the audit trail. */
  readonly events: number;
}

/**
 * All that is kept, as it is kept: for the commands that move or renew it while servers may be running. Nothing
 * here decides what a user may have; that is the `Store`'s.
 *
 * Rows are read in pages, in the order of their keys by the bytes of their UTF-8, each page beginning after the
 * last row of the one before. Each write is one transaction, and its promise resolves when that is durable.
 *
 * @throws StoreUnavailableError from any method while the database cannot be reached.
 * @throws StoreFullError from a write for which there is no room left.
 */
export interface Tables {
  usersAfter(key: UserKey | undefined, limit: number): Promise<readonly UserRecord[]>;
  methodsAfter(key: MethodKey | undefined, limit: number): Promise<readonly MethodRecord[]>;
  /** Those that have not expired at `now` (microseconds since the UNIX epoch). */
  answersAfter(key: AnswerKey | undefined, limit: number, now: number): Promise<readonly IdempotentAnswer[]>;
  settings(): Promise<readonly Setting[]>;
  statesAfter(key: StateKey | undefined, limit: number): Promise<readonly MethodState[]>;
  /** Those that there are among these. */
  statesOf(keys: readonly StateKey[]): Promise<readonly MethodState[]>;
  /** Those that have not expired at `now` (microseconds since the UNIX epoch). */
  challengesAfter(
    key: ChallengeKey | undefined,
    limit: number,
    now: number,
  ): Promise<readonly AnsweredChallenge[]>;
  /** The last user in the order of the keys. */
  lastUser(): Promise<UserKey | undefined>;
  lastMethod(): Promise<MethodKey | undefined>;
  counts(): Promise<Counts>;

  /** The puts leave alone what is there under the same key. */
  putUsers(users: readonly UserRecord[]): Promise<void>;
  /** A method whose credential another method has registered is left out, too. */
  putMethods(methods: readonly MethodRecord[]): Promise<void>;
  putAnswers(answers: readonly IdempotentAnswer[]): Promise<void>;
  putSettings(settings: readonly Setting[]): Promise<void>;
  /** What changes with every use: these take the place of what is there under the same keys. */
  putStates(states: readonly MethodState[]): Promise<void>;
  putChallenges(challenges: readonly AnsweredChallenge[]): Promise<void>;

  /** Compare and swap; each gives how many were replaced. */
  replaceSecrets(replacements: readonly Replacement<MethodKey>[]): Promise<number>;
  replaceAnswers(replacements: readonly Replacement<AnswerKey>[]): Promise<number>;
  replaceSettings(replacements: readonly Replacement<Pick<Setting, "name">>[]): Promise<number>;

  /** The chains of the audit trail, the register first. */
  auditChains(): Promise<readonly AuditChainRow[]>;
  /** The events of a chain behind the one at `sequence`, in their order. */
  auditEventsOf(chainId: number, sequence: number, limit: number): Promise<readonly AuditRow[]>;
  /** Those from `since` on (microseconds since the UNIX epoch) in the order of their time, of one user or of all. */
  auditEventsAfter(
    key: AuditKey | undefined,
    limit: number,
    selection: { readonly since: number; readonly userId: string | undefined },
  ): Promise<readonly AuditRow[]>;
  putAuditEvents(events: readonly AuditRow[]): Promise<void>;
  /** Other than the puts of records, this replaces what is there. */
  putAuditChains(chains: readonly AuditChainRow[]): Promise<void>;

  /**
   * Runs `work` on tables that all see what was committed when it began, whatever is written meanwhile.
   * Nothing else is asked of these before it ends.
   */
  inSnapshot<Result>(work: (tables: Tables) => Promise<Result>): Promise<Result>;

  /** Finishes the writes under way, then closes. */
  close(): Promise<void>;
}

/**
 * Every page from the one after `key` on, until one is empty.
 *
 * @throws what `signal` was aborted with, after the page that is being worked on
 */
export async function* pages<Key, Row extends Key>(
  read: (key: Key | undefined) => Promise<readonly Row[]>,
  key?: Key,
  signal?: AbortSignal,
): AsyncGenerator<readonly Row[], void> {
  for (let page = await read(key); page.length > 0; page = await read(page.at(-1))) {
    yield page;
    if (signal === undefined) continue;
    // SQLite answers without a turn of the event loop, in which alone a signal of the process comes through.
    await setImmediate();
    signal.throwIfAborted();
  }
}
